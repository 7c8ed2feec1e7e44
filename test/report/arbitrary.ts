// Any plan and any outcome, with the most hostile ids a server could send.
import fc from "fast-check";
import type { Change, GroupReport, Outcome, Plan, Refusal, Row } from "../../src/reconcile/index.ts";
import type { DesiredBalance, Problem } from "../../src/schema/index.ts";

const HOSTILE = [
  "\u001b[2J\u001b]8;;https://evil\u0007click\u001b]8;;\u0007",
  "\u202egnp.exe\u202c",
  "a\r\nb\u2028c\u0085d",
  "x".repeat(5_000),
  "\u001b".repeat(5_000),
  "\u200b\u2060\u{e0041}",
  "\ud800",
  "##[error]pwned",
  "::error::pwned",
  "__proto__",
  "</script><script>alert(1)</script>",
  "</code></summary><img src=x onerror=alert(1)>",
  "a|b\\|c\\\\|d",
  "`code` ``` ~~~ `` ",
  " ` ",
  "@everyone @acme/team a@b.example",
  "#123 GH-123 acme/repo#5 deadbeefdeadbeef",
  "[x](javascript:alert(1)) ![i](https://evil.example/i.png) <https://evil.example>",
  "https://evil.example www.evil.example",
  "# a\n- b\n1. c\n> d\n\n<details>",
  "1. one",
  "**b** _i_ ~~s~~ :tada: $x$ [^1] &lt;&#64;",
  "-->]]><!--",
  "' onfocus='alert(1)\" autofocus x=\"",
];

/** An id that means something to somebody who reads the report by machine. */
export const hostile = fc.constantFrom(...HOSTILE);

export const text = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.string({ minLength: 1, maxLength: 12 }),
);

const units = fc.oneof(fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(-0));
const ms = fc.oneof(fc.integer({ min: 0, max: 4e12 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 2 });
const untold = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 });

const reset = fc.record({
  interval: fc.constantFrom("minute", "hour", "day", "week", "month", "quarter", "semi_annual", "year"),
  intervalCount: fc.integer({ min: 1, max: 1_000 }),
});
const rollover = fc.record({
  max: maybe(units),
  maxPercentage: maybe(units),
  length: fc.nat(),
  duration: fc.constantFrom("month", "forever"),
});
const place = fc.record({
  file: text,
  line: fc.integer({ min: 1, max: 1e6 }),
  column: fc.integer({ min: 1, max: 1e6 }),
});

export const problem: fc.Arbitrary<Problem> = fc.record(
  { code: text, message: text, hint: text, place, pointer: text },
  { requiredKeys: ["code", "message"] },
);

const desired: fc.Arbitrary<DesiredBalance> = fc.record(
  {
    customerId: text,
    featureId: text,
    entityId: maybe(text),
    included: maybe(units),
    unlimited: fc.boolean(),
    reset: maybe(reset),
    expiresAt: maybe(ms),
    rollover: maybe(rollover),
    nextResetAt: maybe(ms),
    key: text,
    adopt: maybe(text),
    isProtected: fc.constant(true as const),
    startsAt: ms,
    phases: fc.array(
      fc.record({
        startsAt: maybe(ms),
        endsAt: maybe(ms),
        included: maybe(units),
        unlimited: fc.boolean(),
        reset: maybe(reset),
        rollover: maybe(rollover),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    note: fc.record({ reason: maybe(text), ticket: maybe(text), owner: maybe(text) }),
    place,
  },
  {
    requiredKeys: [
      ...(["customerId", "featureId", "entityId", "included", "unlimited", "reset", "expiresAt"] as const),
      ...(["rollover", "nextResetAt", "key", "adopt"] as const),
    ],
  },
) as fc.Arbitrary<DesiredBalance>;

export const anyRow: fc.Arbitrary<Row> = fc.record({
  customerId: text,
  featureId: text,
  balanceId: maybe(text),
  internalId: maybe(text),
  planId: maybe(text),
  entityId: untold(maybe(text)),
  entityRef: maybe(text),
  boolean: fc.boolean(),
  unlimited: fc.boolean(),
  grant: units,
  creationGrant: untold(units),
  remaining: units,
  usage: units,
  rolledOver: units,
  reset: maybe(reset),
  resetsAt: maybe(ms),
  expiresAt: maybe(ms),
  rollover: untold(maybe(rollover)),
  paid: fc.boolean(),
  flaw: maybe(text),
  createdAt: untold(ms),
});

const values: Record<Change["fields"][number]["field"], fc.Arbitrary<unknown>> = {
  included: maybe(units),
  unlimited: fc.boolean(),
  reset: maybe(fc.oneof(fc.record({ interval: text, interval_count: units }), fc.record({ interval: text }))),
  expires_at: maybe(text),
  rollover: maybe(
    fc.record({ max: units, max_percentage: units, length: units, duration: text }, { requiredKeys: [] }),
  ),
  feature_id: text,
  entity_id: maybe(text),
};
const field = fc
  .constantFrom(...(Object.keys(values) as (keyof typeof values)[]))
  .chain((name) => fc.record({ field: fc.constant(name), from: values[name], to: values[name] }));

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom("create", "update", "replace", "delete", "blocked"),
  customerId: text,
  featureId: text,
  entityId: maybe(text),
  key: text,
  balanceId: text,
  desired: maybe(desired),
  row: maybe(anyRow),
  retires: fc.array(anyRow, { maxLength: 3 }),
  creates: fc.boolean(),
  fields: fc.array(field, { maxLength: 4 }),
  reasons: fc.array(fc.record({ code: fc.constant("drained" as const), text }), { maxLength: 2 }),
  carries: units,
  granted: units,
  unblocksAt: maybe(ms),
  createsCustomer: fc.boolean(),
  isPending: fc.boolean(),
  resetsAt: maybe(ms),
  meanwhile: maybe(units),
});

export const anyRefusal: fc.Arbitrary<Refusal> = fc.record(
  {
    code: text,
    message: text,
    hint: text,
    place,
    pointer: text,
    forcible: fc.boolean(),
    customerId: text,
    key: text,
    featureId: text,
  },
  { requiredKeys: ["code", "message", "forcible"] },
);

const few = fc.record({ customers: fc.nat(), first: fc.array(text, { maxLength: 5 }) });

const group: fc.Arbitrary<GroupReport> = fc.record({
  name: text,
  source: fc.constantFrom("customers", "csv", "autumn"),
  whenTheyLeave: fc.constantFrom("keep", "end"),
  customers: maybe(fc.nat()),
  since: fc.constantFrom("base", "rows"),
  members: fc.nat(),
  creates: fc.nat(),
  enters: few,
  leaves: few,
});

export const anyPlan: fc.Arbitrary<Plan> = fc.record({
  namespace: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
  retire: fc.constantFrom("end", "delete"),
  environment: maybe(fc.constantFrom("sandbox", "live")),
  baseUrl: fc.webUrl(),
  madeAt: fc.integer({ min: 0, max: 4e12 }),
  base: maybe(fc.record({ name: text })),
  scope: fc.constantFrom("organisation", "customers"),
  shard: maybe(fc.record({ index: fc.integer({ min: 1, max: 7 }), count: fc.constant(7) })),
  scheduled: fc.array(
    desired.chain((entry) =>
      ms.map((startsAt) => ({
        customerId: entry.customerId,
        key: entry.key,
        featureId: entry.featureId,
        entityId: entry.entityId,
        startsAt,
        desired: entry,
      })),
    ),
    { maxLength: 3 },
  ),
  leftOut: maybe(fc.record({ customers: fc.nat(), balances: fc.nat() })),
  customers: fc.nat(),
  ownedRows: fc.nat(),
  changes: fc.array(change, { maxLength: 6 }),
  unchanged: fc.nat(),
  leftOver: fc.array(fc.record({ customerId: text, key: text, row: anyRow, isPending: fc.boolean() }), {
    maxLength: 3,
  }),
  totals: fc.array(fc.record({ featureId: text, per: text, added: units, taken: units }), { maxLength: 5 }),
  warnings: fc.array(problem, { maxLength: 3 }),
  limits: fc.record({
    deletes: fc.nat(),
    deletePercent: units,
    replaces: fc.nat(),
    replacePercent: units,
    granted: fc.array(fc.tuple(text, units), { maxLength: 3 }).map((pairs) => new Map(pairs)),
  }),
  lifted: fc.array(anyRefusal, { maxLength: 2 }),
  policy: maybe(
    fc.record({
      name: text,
      approvals: fc.array(text, { maxLength: 2 }),
      findings: fc.array(
        fc.record({
          rule: text,
          effect: fc.constantFrom("deny" as const, "warn" as const, "approve" as const),
          approver: maybe(text),
          message: text,
          customerId: maybe(text),
          key: maybe(text),
          place,
        }),
        { maxLength: 3 },
      ),
    }),
  ),
  estimate: fc.record({ calls: fc.nat(), ms: fc.nat() }),
  groups: fc.array(group, { maxLength: 3 }),
});

export const anyOutcome: fc.Arbitrary<Outcome> = fc.record({
  results: fc.array(
    fc.record(
      {
        change,
        result: fc.constantFrom("converged", "failed", "blocked", "not_tried"),
        wrote: fc.boolean(),
        problem,
      },
      { requiredKeys: ["change", "result", "wrote"] },
    ),
    { maxLength: 5 },
  ),
  interrupted: fc.boolean(),
});
