// What showing a plan of ten thousand changes costs beside writing its JSON.
import type { Change, Plan, Row } from "../src/reconcile/index.ts";
import { DEFAULT_LIMITS, type DesiredBalance } from "../src/schema/index.ts";
import { compare, report } from "./measure.ts";

const CHANGES = 10_000;
const PER_CUSTOMER = 4;
const NOW = Date.UTC(2026, 10, 22);
const MONTH = { interval: "month", intervalCount: 1 } as const;
const KINDS = ["create", "update", "replace", "delete", "create", "update", "blocked", "create"] as const;

function changeOf(i: number): Change {
  const customerId = `customer_${Math.floor(i / PER_CUSTOMER)}`;
  const featureId = `feature_${i % PER_CUSTOMER}`;
  const kind = KINDS[i % KINDS.length] ?? "create";
  const desired: DesiredBalance = {
    customerId,
    featureId,
    entityId: null,
    included: 1_500 + (i % 7),
    unlimited: false,
    reset: i % 2 ? MONTH : null,
    expiresAt: i % 2 ? null : NOW + 86_400_000 * 30,
    rollover: null,
    nextResetAt: null,
    key: featureId,
    adopt: null,
    place: { file: "balances.yaml", line: i * 4, column: 5 },
  };
  const row: Row = {
    customerId,
    featureId,
    entityId: null,
    balanceId: `bench:${featureId}`,
    internalId: `cus_ent_${i}`,
    planId: null,
    entityRef: null,
    boolean: false,
    unlimited: false,
    grant: 1_000,
    creationGrant: 1_000,
    remaining: 1_000 - (i % 50),
    usage: i % 50,
    rolledOver: 0,
    reset: desired.reset,
    resetsAt: desired.reset && NOW + 86_400_000,
    expiresAt: desired.expiresAt,
    rollover: null,
    paid: false,
    flaw: null,
    createdAt: NOW - i,
  };
  const isReplace = kind === "replace";
  return {
    kind,
    customerId,
    featureId,
    entityId: null,
    key: featureId,
    balanceId: `bench:${featureId}${isReplace ? "~2" : ""}`,
    desired: kind === "delete" ? null : desired,
    row: kind === "create" ? null : row,
    retires: isReplace || kind === "delete" ? [row] : [],
    creates: isReplace || kind === "create",
    fields: kind === "update" || isReplace ? [{ field: "included", from: 1_000, to: desired.included }] : [],
    reasons: isReplace
      ? [
          {
            code: "changed-for-good",
            text: "each reset goes back to the grant given at creation, so an update would not last",
          },
        ]
      : [],
    carries: isReplace ? row.usage : 0,
    granted: kind === "delete" ? -1_000 : 500,
    unblocksAt: kind === "blocked" ? NOW + 86_400_000 : null,
    createsCustomer: false,
    isPending: false,
    resetsAt: null,
    meanwhile: null,
  };
}

const plan: Plan = {
  namespace: "bench",
  retire: "end",
  environment: "sandbox",
  baseUrl: "https://api.useautumn.com",
  madeAt: NOW,
  base: null,
  scheduled: [],
  scope: "organisation",
  shard: null,
  leftOut: null,
  customers: CHANGES / PER_CUSTOMER,
  ownedRows: CHANGES,
  changes: Array.from({ length: CHANGES }, (_, i) => changeOf(i)),
  unchanged: 0,
  leftOver: [],
  totals: Array.from({ length: PER_CUSTOMER }, (_, i) => {
    return { featureId: `feature_${i}`, per: i % 2 ? "month" : "once", added: 1_000_000, taken: 100_000 };
  }),
  warnings: [],
  lifted: [],
  policy: null,
  limits: DEFAULT_LIMITS,
  estimate: { calls: CHANGES * 3, ms: CHANGES * 150 },
};

/**
 * The built library: run from the sources, tsx would name every function anew each time it is created, which takes
 * time.
 */
const built = (): Promise<typeof import("../src/index.ts")> => import(`${"../dist"}/index.js`);

export async function benchReport(): Promise<void> {
  const { planHtml, planJson, planMarkdown } = await built();
  const document = planJson(plan, []);
  const { json, html, comment, markdown } = await compare(15, {
    json: () => JSON.stringify(document),
    html: () => planHtml(plan),
    comment: () => planMarkdown(plan),
    markdown: () => planMarkdown(plan, [], { limit: Number.POSITIVE_INFINITY }),
  });
  const baseline = "JSON.stringify of its JSON";
  report(`${CHANGES} changes as HTML`, html, baseline, json, 2);
  report(`${CHANGES} changes as Markdown for a comment`, comment, baseline, json, 2);
  report(`${CHANGES} changes as Markdown in full`, markdown, baseline, json, 2);
}
