// Accounts as they grow without a tool: balances granted by hand in every shape the API takes, by plans and by this
// tool, used, bent, used up and ended, with ids that nobody would wish for.
import fc from "fast-check";
import type { BalanceEntry } from "../../src/schema/index.ts";
import { configuration, type Value } from "./random-world.ts";
import { DAY, type Level, START, World } from "./world.ts";

export const HOSTILE = [
  "a: b # c",
  "'\"`|>-",
  "line\nbreak",
  "\u001b[2J",
  "\u202egnp",
  " spaced ",
  "true",
  "1e5",
  "~",
  "- x",
  "{ a: 1 }",
  "é😀\u{e0041}",
  "__proto__",
  "constructor",
  "x~2",
  "x".repeat(300),
  "\u2028",
  "=SUM(A1)",
] as const;

const CUSTOMERS = ["acme", "globex", ...HOSTILE.slice(0, 8)];

const balanceId = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 3, arbitrary: fc.constantFrom("bonus", "api_calls", "storage", "by-hand", "by-hand~2") },
  { weight: 2, arbitrary: fc.constantFrom("test:api_calls", "test:a", "test:a~2", "test:b~c", "test:x~1") },
  { weight: 1, arbitrary: fc.constantFrom("other:a", "other:a~3", "terraform:x", "test2:a", "cus_ent_fake") },
  { weight: 2, arbitrary: fc.constantFrom(...HOSTILE) },
);

const amount = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 500 }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 5000 }).map((n) => n / 10) },
  { weight: 1, arbitrary: fc.constantFrom(0, -5, 0.1 + 0.2, 2 ** 60, 1e-9) },
);

const soon = fc.constantFrom(START + DAY / 2, START + 3 * DAY, START + 70 * DAY + 0.5);

const reset = fc.record(
  {
    interval: fc.constantFrom("one_off", "minute", "day", "week", "month", "quarter", "semi_annual", "year"),
    interval_count: fc.constantFrom(1, 2, 3),
  },
  { requiredKeys: ["interval"] },
);

const rollover = fc.constantFrom(
  { max: 10, length: 1, duration: "month" },
  { duration: "forever" },
  { max_percentage: 50, length: 2, duration: "month" },
  { max: 0, length: 1, duration: "month" },
);

const shape: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ included_grant: amount, reset }) },
  { weight: 3, arbitrary: fc.record({ included_grant: amount }) },
  { weight: 3, arbitrary: fc.record({ included_grant: amount, reset, rollover }) },
  { weight: 1, arbitrary: fc.record({ included_grant: amount, reset, next_reset_at: soon }) },
  { weight: 2, arbitrary: fc.record({ included_grant: amount, expires_at: soon }) },
  { weight: 2, arbitrary: fc.record({ unlimited: fc.constant(true) }) },
  { weight: 1, arbitrary: fc.record({ unlimited: fc.constant(true), expires_at: soon }) },
  { weight: 1, arbitrary: fc.record({ included_grant: amount, expires_at: soon, reset }) },
  // What no entry can have, as far as the API takes it.
  {
    weight: 2,
    arbitrary: fc.record(
      {
        included_grant: amount,
        unlimited: fc.constant(true),
        reset: fc.record({
          interval: fc.constantFrom("day", "month"),
          interval_count: fc.constantFrom(1.5, 1001),
        }),
        rollover,
        expires_at: fc.constantFrom(START - DAY, 1e15, 5e17),
        next_reset_at: soon,
      },
      { requiredKeys: [] },
    ),
  },
);

/** A balance that somebody grants; `times` above 1 at once, so that all of them find the id free. */
const granted = fc
  .tuple(
    fc.constantFrom("api_calls", "api_calls", "storage", "credits", "seats", "sso"),
    shape,
    fc.record(
      { balance_id: balanceId, entity_id: fc.constantFrom("seat_1", "seat_2") },
      { requiredKeys: ["balance_id"] },
    ),
    fc.constantFrom(...CUSTOMERS),
    fc.constantFrom(1, 1, 1, 1, 2),
  )
  .map(([feature_id, body, names, customer_id, times]) => {
    const { expires_at } = body;
    const fitting = feature_id !== "sso" ? body : expires_at === undefined ? {} : { expires_at };
    return { customer_id, feature_id, ...fitting, ...names, times };
  });

const event = fc.oneof(
  fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(DAY / 2, DAY, 8 * DAY, 33 * DAY) }),
  fc.record({
    kind: fc.constant("use" as const),
    customer: fc.constantFrom(...CUSTOMERS),
    feature: fc.constantFrom("api_calls", "storage", "credits", "seats"),
    entity: fc.constantFrom(undefined, "seat_1"),
    value: fc.constantFrom(1, 30, 100, 500, 3000),
  }),
  // Used up to the last unit.
  fc.record({ kind: fc.constant("drain" as const), row: fc.nat(30) }),
  fc.record({
    kind: fc.constant("edit" as const),
    row: fc.nat(30),
    what: fc.constantFrom("included_grant", "remaining", "add_to_balance", "usage", "expires_at"),
    value: fc.constantFrom(0, 1, 50, 100),
  }),
);

export const account = fc.record({
  granted: fc.array(granted, { minLength: 1, maxLength: 10 }),
  /** Customers with a plan that grants something. */
  plans: fc.array(fc.constantFrom(...CUSTOMERS), { maxLength: 3 }),
  /** What this tool has granted, and which of it is still declared. */
  applied: configuration,
  keeps: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
  events: fc.array(event, { maxLength: 8 }),
  /** Whether balances of other namespaces are taken over. */
  adopts: fc.boolean(),
});

export type Account = Value<typeof account>;

/** The account, and what is declared of it. */
export async function build(
  { granted: byHand, plans, applied, keeps, events }: Account,
  level: Level,
): Promise<[World, BalanceEntry[]]> {
  const world = new World({ level });
  const entities = ["seat_1", "seat_2"].map((id) => ({ id, feature_id: "seats" }));
  world.emulator.seed({ customers: CUSTOMERS.map((id) => ({ id, entities })) });
  world.emulator.seed({
    customers: plans.map((id, n) => ({
      id,
      plans: [{ plan_id: `plan_${n}`, balances: [{ feature_id: "storage", included_grant: 100 + n }] }],
    })),
  });
  await world.converge(applied);
  // Much of it the API refuses.
  for (const { times, ...body } of byHand) {
    await Promise.allSettled(Array.from({ length: times }, () => world.call("balances.create", body)));
  }
  for (const one of events) await happen(world, one).catch(() => undefined);
  world.ms += 1500;
  return [world, applied.filter((_, n) => keeps[n])];
}

async function happen(world: World, one: Value<typeof event>): Promise<void> {
  if (one.kind === "wait") {
    world.ms += one.ms;
    return;
  }
  if (one.kind === "use") return world.use(one.customer, one.feature, one.value, one.entity);
  const standalone = world.emulator
    .snapshot()
    .customers.flatMap(({ id, rows }) => rows.map((row) => ({ customer_id: id, row })))
    .filter(({ row }) => row.planId === null);
  const chosen = standalone[one.row % Math.max(1, standalone.length)];
  if (!chosen) return;
  const { customer_id, row } = chosen;
  const change =
    one.kind === "drain"
      ? { remaining: 0 }
      : { [one.what]: one.what === "expires_at" ? world.ms + (one.value + 1) * DAY : one.value };
  await world.call("balances.update", {
    customer_id,
    feature_id: row.featureId,
    balance_id: row.externalId ?? row.id,
    ...(row.internalEntityId === null ? {} : { entity_id: row.internalEntityId }),
    ...change,
  });
}
