// Plans built by hand, one for each thing that a report has to say.
import type { Change, Outcome, Plan, Refusal, Row } from "../../src/reconcile/index.ts";
import { DEFAULT_LIMITS, type DesiredBalance } from "../../src/schema/index.ts";
import { storedRow } from "../support/row.ts";

const MADE_AT = Date.parse("2026-11-22T14:00:00Z");
const NEXT_MONTH = Date.parse("2026-12-01T00:00:00Z");

export const monthly = { interval: "month", intervalCount: 1 } as const;

export function desired(fields: Partial<DesiredBalance> = {}): DesiredBalance {
  const featureId = fields.featureId ?? "api_calls";
  return {
    customerId: "acme",
    featureId,
    entityId: null,
    included: 100,
    unlimited: false,
    reset: null,
    expiresAt: null,
    rollover: null,
    nextResetAt: null,
    key: featureId,
    adopt: null,
    place: { file: "balances.yaml", line: 5, column: 5 },
    ...fields,
  };
}

export const row = (fields: Partial<Row> = {}): Row =>
  storedRow({
    balanceId: "contracts:api_calls",
    internalId: "cus_ent_1",
    createdAt: MADE_AT - 86_400_000,
    ...fields,
  });

export function change(kind: Change["kind"], fields: Partial<Change> = {}): Change {
  const { customerId, featureId, entityId, key } = fields.desired ?? desired();
  return {
    kind,
    customerId,
    featureId,
    entityId,
    key,
    balanceId: `contracts:${key}`,
    desired: null,
    row: null,
    retires: [],
    creates: kind === "create",
    fields: [],
    reasons: [],
    carries: 0,
    granted: 0,
    unblocksAt: null,
    createsCustomer: false,
    isPending: false,
    resetsAt: null,
    meanwhile: null,
    ...fields,
  };
}

export function plan(fields: Partial<Plan> = {}): Plan {
  return {
    namespace: "contracts",
    retire: "end",
    environment: "sandbox",
    baseUrl: "https://api.useautumn.com",
    madeAt: MADE_AT,
    base: null,
    scope: "organisation",
    shard: null,
    leftOut: null,
    customers: 3,
    ownedRows: 12,
    changes: [],
    unchanged: 12,
    leftOver: [],
    scheduled: [],
    totals: [],
    warnings: [],
    lifted: [],
    policy: null,
    limits: DEFAULT_LIMITS,
    estimate: { calls: 0, ms: 0 },
    ...fields,
  };
}

/** What a guard says. */
export const refusal: Refusal = {
  code: "too-many-deletes",
  message: "deletes 41 of 120 rows (34 %), over the limit of 30 %",
  hint: "raise limits.delete_percent in the file, or pass --force",
  forcible: true,
};

/** The plan with every text that comes from outside written anew. */
export function renamed(plan: Plan, rename: (text: string) => string): Plan {
  const again = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(again);
    if (value instanceof Map) return new Map([...value].map(([name, units]) => [rename(name), units]));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [
        name,
        typeof one === "string" && OUTSIDE.has(name) ? rename(one) : again(one),
      ]),
    );
  };
  return again(plan) as Plan;
}

const OUTSIDE = new Set(
  ["customerId", "featureId", "entityId", "key", "balanceId", "internalId", "planId", "entityRef"].concat([
    "adopt",
    "file",
  ]),
);

const creation = change("create", {
  desired: desired({ included: 50_000, reset: monthly, nextResetAt: NEXT_MONTH }),
  granted: 50_000,
});

const update = change("update", {
  desired: desired({
    featureId: "ai_credits",
    entityId: "seat_42",
    key: "ai_credits@seat_42",
    included: 150,
  }),
  row: row({ featureId: "ai_credits", balanceId: "contracts:ai_credits@seat_42", usage: 30 }),
  fields: [
    { field: "included", from: 100, to: 150 },
    { field: "expires_at", from: null, to: "2027-01-31T00:00:00Z" },
  ],
  granted: 50,
});

const oldRow = row({ usage: 30, reset: monthly, resetsAt: NEXT_MONTH });
const replacement = change("replace", {
  desired: desired({ customerId: "globex", included: 150, reset: monthly }),
  balanceId: "contracts:api_calls~2",
  row: oldRow,
  retires: [oldRow],
  creates: true,
  fields: [{ field: "included", from: 100, to: 150 }],
  reasons: [
    {
      code: "changed-for-good",
      text: "each reset goes back to the grant given at creation, so an update would not last",
    },
  ],
  carries: 30,
  granted: 50,
  resetsAt: NEXT_MONTH,
  meanwhile: 220,
});

const interrupted = change("replace", {
  desired: desired({ customerId: "globex", featureId: "messages", key: "contract-2027" }),
  balanceId: "contracts:contract-2027~3",
  row: row({ featureId: "messages", balanceId: "contracts:contract-2027~3" }),
  retires: [
    row({ featureId: "messages", balanceId: "contracts:contract-2027~2" }),
    row({ featureId: "messages", balanceId: null }),
  ],
  reasons: [{ code: "interrupted", text: "an earlier replacement was not finished: … is still there" }],
});

const drained = row({ usage: 100, reset: monthly, resetsAt: NEXT_MONTH });
const blocked = change("blocked", {
  desired: desired({ customerId: "initech", expiresAt: NEXT_MONTH, included: 200 }),
  row: drained,
  fields: [{ field: "expires_at", from: null, to: "2026-12-01T00:00:00Z" }],
  reasons: [{ code: "waits-for-reset", text: "contracts:api_calls is used up until its reset" }],
  unblocksAt: NEXT_MONTH,
});

const deletion = change("delete", {
  customerId: "initech",
  featureId: "exports",
  key: "exports",
  balanceId: "contracts:exports",
  row: row({
    featureId: "exports",
    grant: 1_000,
    usage: 400,
    reset: { interval: "quarter", intervalCount: 2 },
  }),
  retires: [row({ featureId: "exports", balanceId: "contracts:exports" })],
  granted: -1_000,
});

const others = [
  change("create", {
    desired: desired({ customerId: "initech", featureId: "sso", key: "sso", included: null }),
    createsCustomer: true,
  }),
  change("create", {
    desired: desired({
      customerId: "initech",
      featureId: "storage",
      key: "storage",
      included: 0.5,
      reset: { interval: "semi_annual", intervalCount: 1 },
      rollover: { max: 10_000, maxPercentage: null, length: 3, duration: "month" },
    }),
    granted: 0.5,
    createsCustomer: true,
  }),
  change("replace", {
    desired: desired({
      customerId: "initech",
      featureId: "tokens",
      key: "tokens",
      unlimited: true,
      included: null,
    }),
    balanceId: "contracts:tokens~2",
    creates: true,
    row: row({ featureId: "tokens", balanceId: "contracts:tokens" }),
    retires: [row({ featureId: "tokens", balanceId: "contracts:tokens" })],
    fields: [
      { field: "unlimited", from: false, to: true },
      { field: "included", from: 100, to: null },
      { field: "reset", from: { interval: "week", interval_count: 2 }, to: null },
      {
        field: "rollover",
        from: { max_percentage: 50, length: 1, duration: "month" },
        to: { duration: "forever" },
      },
      { field: "entity_id", from: "seat_1", to: null },
    ],
    reasons: [{ code: "not-updatable", text: "the API cannot change unlimited of a balance that exists" }],
    granted: -100,
  }),
];

const everyKind = [creation, update, replacement, interrupted, blocked, deletion, ...others];

const totals = [
  { featureId: "ai_credits", per: "once", added: 50, taken: 0 },
  { featureId: "api_calls", per: "month", added: 50_200, taken: 50 },
  { featureId: "exports", per: "2 quarters", added: 0, taken: 1_000 },
  { featureId: "storage", per: "semi_annual", added: 0.5, taken: 0 },
];

const leftOver = ["old", "older"].map((key) => ({
  customerId: "acme",
  key,
  row: row({ balanceId: `contracts:${key}`, grant: 500, usage: 380 }),
  isPending: false,
}));

/** By the name of their golden files. */
export const plans: Readonly<Record<string, Plan>> = {
  "every-kind": plan({
    changes: everyKind,
    totals,
    leftOver,
    warnings: [
      {
        code: "ends-soon",
        message: "contracts:trial of acme ends on 2026-11-25T00:00:00Z",
        place: { file: "balances.yaml", line: 12, column: 5 },
      },
      {
        code: "grants-not-checked",
        message: "for 812 customers it was not checked whether a reset would bring back another grant",
        hint: "pass --check-grants always to have them checked",
      },
    ],
    limits: {
      ...DEFAULT_LIMITS,
      granted: new Map([
        ["messages", 5],
        ["api_calls", 1_000_000],
      ]),
    },
    estimate: { calls: 31, ms: 1_250 },
  }),
  nothing: plan(),
  "nothing-but-left-overs": plan({ leftOver: leftOver.slice(0, 1), unchanged: 1, environment: null }),
  "nothing-now": plan({ changes: [blocked], unchanged: 0 }),
  "since-a-base": plan({
    base: { name: "origin/main (4f2a91c)" },
    changes: [creation, { ...replacement, isPending: true }],
    leftOver: leftOver.map((one, index) => ({ ...one, isPending: index === 0 })),
    totals: totals.slice(1, 2),
    estimate: { calls: 17, ms: 400 },
  }),
  "some-customers": plan({
    changes: [creation],
    totals: [{ featureId: "api_calls", per: "month", added: 50_250, taken: 0 }],
    scope: "customers",
    customers: 1,
    estimate: { calls: 3, ms: 150 },
  }),
  forced: plan({
    changes: [
      change("update", {
        desired: desired({ included: 20 }),
        row: row({ usage: 30 }),
        fields: [{ field: "included", from: 100, to: 20 }],
        granted: -80,
      }),
    ],
    totals: [{ featureId: "api_calls", per: "once", added: 0, taken: 80 }],
    lifted: [
      {
        code: "cut-below-usage",
        message: "contracts:api_calls of acme is cut to 20, but 30 are used",
        forcible: true,
        customerId: "acme",
        key: "api_calls",
        featureId: "api_calls",
        place: { file: "balances.yaml", line: 5, column: 5 },
      },
    ],
    estimate: { calls: 3, ms: 150 },
  }),
  "a-shard": plan({ shard: { index: 2, count: 7 }, changes: [creation], customers: 1 }),
  many: plan({
    changes: [
      ...Array.from({ length: 60 }, (_, n) => {
        const customerId = `customer_${String(n).padStart(2, "0")}`;
        return change("create", {
          desired: desired({ customerId, reset: monthly, included: 100 + n }),
          granted: 100 + n,
        });
      }),
      deletion,
    ],
    totals: [{ featureId: "api_calls", per: "month", added: 7_770, taken: 0 }],
    leftOver: Array.from({ length: 25 }, (_, n) => ({
      customerId: `gone_${n}`,
      key: "api_calls",
      row: row(),
      isPending: false,
    })),
    estimate: { calls: 180, ms: 400_000 },
  }),
  alike: plan({
    changes: Array.from({ length: 300 }, (_, n) => {
      const customerId = `customer_${String(n).padStart(3, "0")}`;
      const granted = n === 7 ? 900 : 500;
      return change("create", {
        desired: desired({ customerId, key: "welcome", included: granted }),
        granted,
      });
    }),
    groups: [
      {
        name: "welcome",
        source: "autumn",
        whenTheyLeave: "end",
        customers: 1_000,
        since: "rows",
        members: 310,
        creates: 300,
        enters: { customers: 300, first: ["customer_000", "customer_001"] },
        leaves: { customers: 1, first: ["customer_999"] },
      },
      {
        name: "promised",
        source: "csv",
        whenTheyLeave: "keep",
        customers: null,
        since: "rows",
        members: 1,
        creates: 0,
        enters: { customers: 0, first: [] },
        leaves: { customers: 0, first: [] },
      },
    ],
    limits: { ...DEFAULT_LIMITS, groupPercent: 60 },
  }),
};

const problem = { code: "refused", message: "balances.create answered 400: no", hint: "correct the entry" };

export const outcomes: Readonly<Record<string, Outcome>> = {
  applied: {
    interrupted: false,
    results: [
      ...[creation, update, replacement].map((one) => ({
        change: one,
        result: "converged" as const,
        wrote: true,
      })),
      {
        change: blocked,
        result: "blocked",
        wrote: false,
        problem: { code: "waits-for-reset", message: "until its reset" },
      },
    ],
  },
  partly: {
    interrupted: false,
    results: [
      { change: creation, result: "converged", wrote: true },
      { change: replacement, result: "failed", wrote: false, problem },
      {
        change: deletion,
        result: "not_tried",
        wrote: false,
        problem: { code: "stopped", message: "another change failed" },
      },
    ],
  },
  failed: { interrupted: false, results: [{ change: creation, result: "failed", wrote: false, problem }] },
  interrupted: {
    interrupted: true,
    results: [
      { change: creation, result: "converged", wrote: true },
      ...Array.from({ length: 25 }, () => ({
        change: deletion,
        result: "not_tried" as const,
        wrote: false,
        problem: {
          code: "not-tried",
          message: "nothing was sent for it",
          hint: "plan and apply again",
        },
      })),
    ],
  },
};
