// Random configurations, rows of others, and histories, for properties that hold whatever they are.
import fc from "fast-check";
import type { BalanceEntry } from "../../src/schema/index.ts";
import { DAY, START, type World } from "./world.ts";

/** What an arbitrary makes. */
export type Value<A> = A extends fc.Arbitrary<infer T> ? T : never;

const CUSTOMERS = ["acme", "globex"] as const;
const MOMENTS = [3, 20, 70, 400].map((days) => START + days * DAY);

const amount = fc.oneof(
  fc.integer({ min: 1, max: 200 }),
  fc.integer({ min: 1, max: 2000 }).map((n) => n / 10),
);

const reset = fc.record(
  {
    interval: fc.constantFrom("day", "week", "month", "quarter", "year"),
    interval_count: fc.integer({ min: 1, max: 3 }),
  },
  { requiredKeys: ["interval"] },
);

const rollover = fc.oneof(
  fc.record({ max: fc.integer({ min: 1, max: 50 }), duration: fc.constant("forever") }),
  fc.record({ length: fc.integer({ min: 1, max: 3 }), duration: fc.constant("month") }),
);

const instant = fc.constantFrom(...MOMENTS);

/** How something is granted: the fields of an entry besides those that name it. */
const grant = fc.oneof(
  { weight: 4, arbitrary: fc.record({ included: amount, reset }) },
  { weight: 1, arbitrary: fc.record({ included: amount, reset, next_reset_at: instant }) },
  { weight: 1, arbitrary: fc.record({ included: amount, reset, rollover }) },
  { weight: 3, arbitrary: fc.record({ included: amount }) },
  { weight: 2, arbitrary: fc.record({ included: amount, expires_at: instant }) },
  { weight: 1, arbitrary: fc.record({ unlimited: fc.constant(true) }) },
  { weight: 1, arbitrary: fc.record({ unlimited: fc.constant(true), expires_at: instant }) },
);

const heldGrant = fc.oneof(
  fc.record({ included: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ unlimited: fc.constant(true) }),
);

const entity = fc.constantFrom(undefined, undefined, "seat_1", "seat_2");

/** An entry; the same names come again and again, so that configurations are about the same balances. */
const entry: fc.Arbitrary<BalanceEntry> = fc
  .oneof(
    {
      weight: 8,
      arbitrary: fc.tuple(
        fc.constantFrom("api_calls", "storage", "credits"),
        fc.constantFrom(undefined, "a", "b~c"),
        grant,
      ),
    },
    { weight: 1, arbitrary: fc.tuple(fc.constant("seats"), fc.constant(undefined), heldGrant) },
    {
      weight: 1,
      arbitrary: fc.tuple(
        fc.constant("sso"),
        fc.constant(undefined),
        fc.oneof(fc.constant({}), fc.record({ expires_at: instant })),
      ),
    },
  )
  .chain(([feature_id, id, rest]) =>
    fc.tuple(fc.constantFrom(...CUSTOMERS), entity).map(([customer_id, entity_id]) => ({
      customer_id,
      feature_id,
      ...(id === undefined ? {} : { id }),
      ...(entity_id === undefined || customer_id !== "acme" || feature_id === "seats" || feature_id === "sso"
        ? {}
        : { entity_id }),
      ...(rest as Partial<BalanceEntry>),
    })),
  );

const keyOf = ({ customer_id, id, feature_id, entity_id }: BalanceEntry): string =>
  `${customer_id} ${id ?? `${feature_id}@${entity_id}`}`;

export const configuration = fc.uniqueArray(entry, { selector: keyOf, minLength: 1, maxLength: 7 });

/** Some entries of a configuration changed, some gone, some new. */
export const nextConfiguration = (before: readonly BalanceEntry[]): fc.Arbitrary<BalanceEntry[]> =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(4), grant), { minLength: before.length, maxLength: before.length }),
      configuration,
    )
    .map(([changes, added]) => {
      const kept = before.flatMap((one, index) => {
        const [what, other] = changes[index] ?? [0, {}];
        if (what === 0) return [];
        if (what === 1 || one.feature_id === "sso" || one.feature_id === "seats") return [one];
        if (what === 2 && one.included !== undefined) return [{ ...one, included: one.included + 7 }];
        const { customer_id, feature_id, id, entity_id } = one;
        const named = { customer_id, feature_id, ...(id ? { id } : {}), ...(entity_id ? { entity_id } : {}) };
        return [{ ...named, ...(other as Partial<BalanceEntry>) }];
      });
      const names = new Set(kept.map(keyOf));
      return [...kept, ...added.filter((one) => !names.has(keyOf(one))).slice(0, 2)];
    });

/** Rows that are none of ours: of plans, by hand, and of other namespaces that look like ours. */
export const foreignRows = fc.array(
  fc.record({
    customer: fc.constantFrom(...CUSTOMERS),
    kind: fc.constantFrom("plan", "by-hand", "test2:", "tes:", "TEST:"),
    feature: fc.constantFrom("api_calls", "storage", "credits"),
    units: fc.integer({ min: 1, max: 100 }),
    resets: fc.boolean(),
    used: fc.nat(30),
  }),
  { maxLength: 5 },
);

export function seedForeign(world: World, rows: Value<typeof foreignRows>): void {
  const customers = rows.map(({ customer, kind, feature, units, resets, used }, n) => {
    const balance = {
      feature_id: feature,
      included_grant: units,
      usage: Math.min(used, units),
      ...(resets ? { reset: { interval: "month" } as const } : {}),
    };
    if (kind === "plan") return { id: customer, plans: [{ plan_id: `plan_${n}`, balances: [balance] }] };
    const balance_id = kind === "by-hand" ? `by-hand-${n}` : `${kind}${feature}-${n}`;
    return { id: customer, balances: [{ ...balance, balance_id }] };
  });
  for (const customer of customers) world.emulator.seed({ customers: [customer] });
}

const feature = fc.constantFrom("api_calls", "storage", "credits", "seats");

/** What happens between two applies. */
const event = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("track" as const),
      customer: fc.constantFrom(...CUSTOMERS),
      feature,
      value: fc.oneof(fc.integer({ min: 1, max: 250 }), fc.integer({ min: -40, max: -1 })),
      seat: fc.constantFrom(undefined, "seat_1"),
      stored: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), days: fc.integer({ min: 1, max: 45 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("edit" as const),
      row: fc.nat(20),
      what: fc.constantFrom("included_grant", "remaining", "add_to_balance", "usage", "expires_at"),
      value: fc.integer({ min: 0, max: 150 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete" as const), row: fc.nat(20) }) },
);

export const history = fc.array(event, { maxLength: 6 });

export async function live(world: World, events: Value<typeof history>): Promise<void> {
  for (const one of events) {
    // Much of it the API refuses: a row that is used up, a customer without the feature.
    await happen(world, one).catch(() => undefined);
  }
}

async function happen(world: World, one: Value<typeof event>): Promise<unknown> {
  if (one.kind === "wait") {
    world.ms += one.days * DAY;
    return;
  }
  if (one.kind === "track") {
    const { customer, seat, stored } = one;
    const entity = seat && customer === "acme" ? { entity_id: seat } : {};
    await world.call("balances.track", {
      customer_id: customer,
      feature_id: one.feature,
      value: one.value,
      ...entity,
    });
    if (stored) world.ms += 1500;
    return;
  }
  // Rows of ours are edited and deleted behind our back, by hand and on purpose.
  const rows = (await Promise.all(CUSTOMERS.map(async (id) => ({ id, rows: await world.rows(id) })))).flatMap(
    ({ id, rows: ofCustomer }) =>
      ofCustomer.filter((row) => row.id?.startsWith("test:")).map((row) => ({ customer_id: id, row })),
  );
  const chosen = rows[one.row % Math.max(1, rows.length)];
  if (!chosen) return;
  const target = {
    customer_id: chosen.customer_id,
    feature_id: chosen.row.feature,
    balance_id: chosen.row.id,
    ...(chosen.row.entity ? { entity_id: chosen.row.entity } : {}),
  };
  if (one.kind === "delete") return world.call("balances.delete", target);
  const value = one.what === "expires_at" ? world.ms + (one.value + 1) * DAY : one.value;
  return world.call("balances.update", { ...target, [one.what]: value });
}
