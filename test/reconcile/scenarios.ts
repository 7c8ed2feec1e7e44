// Every kind of change, for runs that are killed or that the API fails: what was there, what customers did, what is declared then.
import type { BalanceEntry } from "../../src/schema/index.ts";
import { DAY, type World } from "./world.ts";

const ACME = { customer_id: "acme" } as const;
const MONTHLY = { reset: { interval: "month" } } as const;
const YEARLY = { reset: { interval: "year" } } as const;
const NEXT_SUMMER = Date.UTC(2027, 5, 1);

export interface Scenario {
  readonly name: string;
  readonly before: readonly BalanceEntry[];
  /** What happened before the change. */
  readonly history?: (world: World) => Promise<unknown>;
  readonly after: readonly BalanceEntry[];
  /** What customers use between a killed run and the next, in units of `feature`. */
  readonly meanwhile?: { readonly feature: string; readonly units: number; readonly entity?: string };
  readonly prune?: true;
  /** Units used of each feature when nothing is used meanwhile: any other number is usage lost or doubled. */
  readonly used: Readonly<Record<string, number>>;
  /** The balance keeps its cycle: when it resets, by feature. */
  readonly keepsCycleOf?: string;
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "creates of every kind",
    before: [],
    after: [
      { ...ACME, feature_id: "api_calls", included: 100, ...MONTHLY },
      { ...ACME, feature_id: "storage", included: 50, expires_at: NEXT_SUMMER },
      { ...ACME, feature_id: "credits", unlimited: true },
      { ...ACME, feature_id: "sso" },
      { ...ACME, feature_id: "api_calls", entity_id: "seat_1", included: 10 },
    ],
    used: { api_calls: 0, storage: 0 },
  },
  {
    name: "an update that raises a one-off grant",
    before: [{ ...ACME, feature_id: "storage", included: 100 }],
    history: (world) => world.use("acme", "storage", 30),
    after: [{ ...ACME, feature_id: "storage", included: 150, expires_at: NEXT_SUMMER }],
    meanwhile: { feature: "storage", units: 5 },
    used: { storage: 30 },
  },
  {
    name: "a replacement that raises a monthly grant",
    before: [{ ...ACME, feature_id: "api_calls", included: 100, ...MONTHLY }],
    history: (world) => world.use("acme", "api_calls", 30),
    after: [{ ...ACME, feature_id: "api_calls", included: 150, ...MONTHLY }],
    meanwhile: { feature: "api_calls", units: 5 },
    used: { api_calls: 30 },
    keepsCycleOf: "api_calls",
  },
  {
    name: "a replacement of a monthly grant that nobody has used",
    before: [{ ...ACME, feature_id: "api_calls", included: 100, ...MONTHLY }],
    after: [{ ...ACME, feature_id: "api_calls", included: 150, ...MONTHLY }],
    meanwhile: { feature: "api_calls", units: 5 },
    used: { api_calls: 0 },
    keepsCycleOf: "api_calls",
  },
  {
    name: "a replacement that takes an end away",
    before: [{ ...ACME, feature_id: "storage", included: 100, expires_at: NEXT_SUMMER }],
    history: (world) => world.use("acme", "storage", 30),
    after: [{ ...ACME, feature_id: "storage", included: 120 }],
    meanwhile: { feature: "storage", units: 5 },
    used: { storage: 30 },
  },
  {
    name: "a replacement by a longer cycle",
    before: [{ ...ACME, feature_id: "api_calls", included: 100, ...MONTHLY }],
    history: (world) => world.use("acme", "api_calls", 30),
    after: [{ ...ACME, feature_id: "api_calls", included: 200, ...YEARLY }],
    meanwhile: { feature: "api_calls", units: 5 },
    used: { api_calls: 30 },
  },
  {
    name: "a replacement by a shorter cycle, which is used first",
    before: [{ ...ACME, feature_id: "api_calls", included: 200, ...YEARLY }],
    history: (world) => world.use("acme", "api_calls", 30),
    after: [{ ...ACME, feature_id: "api_calls", included: 100, ...MONTHLY }],
    meanwhile: { feature: "api_calls", units: 5 },
    used: { api_calls: 30 },
  },
  {
    name: "a monthly grant that becomes one-off",
    before: [{ ...ACME, feature_id: "api_calls", included: 100, ...MONTHLY }],
    history: (world) => world.use("acme", "api_calls", 30),
    after: [{ ...ACME, feature_id: "api_calls", included: 100 }],
    meanwhile: { feature: "api_calls", units: 5 },
    used: { api_calls: 30 },
  },
  {
    name: "a replacement of a used-up one-off grant",
    before: [{ ...ACME, feature_id: "storage", included: 100 }],
    history: (world) => world.use("acme", "storage", 100),
    after: [{ ...ACME, feature_id: "storage", included: 150 }],
    used: { storage: 100 },
  },
  {
    name: "a replacement of a used-up monthly grant",
    before: [{ ...ACME, feature_id: "api_calls", included: 100, ...MONTHLY }],
    history: (world) => world.use("acme", "api_calls", 100),
    after: [{ ...ACME, feature_id: "api_calls", included: 150, ...MONTHLY }],
    used: { api_calls: 100 },
    keepsCycleOf: "api_calls",
  },
  {
    name: "a replacement of an ended grant",
    before: [{ ...ACME, feature_id: "storage", included: 100, expires_at: Date.UTC(2026, 10, 30) }],
    history: async (world) => {
      await world.use("acme", "storage", 30);
      world.ms += 20 * DAY;
    },
    after: [{ ...ACME, feature_id: "storage", included: 100, expires_at: NEXT_SUMMER }],
    used: { storage: 30 },
  },
  {
    name: "an ended grant that becomes monthly",
    before: [{ ...ACME, feature_id: "api_calls", included: 100, expires_at: Date.UTC(2026, 10, 30) }],
    history: async (world) => {
      await world.use("acme", "api_calls", 30);
      world.ms += 20 * DAY;
    },
    after: [{ ...ACME, feature_id: "api_calls", included: 100, ...MONTHLY }],
    used: { api_calls: 30 },
  },
  {
    name: "a third generation, after a used-up first",
    before: [{ ...ACME, feature_id: "storage", included: 100 }],
    history: async (world) => {
      await world.use("acme", "storage", 100);
      await world.converge([{ ...ACME, feature_id: "storage", included: 150, expires_at: NEXT_SUMMER }]);
      await world.use("acme", "storage", 20);
    },
    after: [{ ...ACME, feature_id: "storage", included: 150 }],
    meanwhile: { feature: "storage", units: 5 },
    used: { storage: 120 },
  },
  {
    name: "the end of a boolean taken away",
    before: [{ ...ACME, feature_id: "sso", expires_at: NEXT_SUMMER }],
    after: [{ ...ACME, feature_id: "sso" }],
    used: {},
  },
  {
    name: "an unlimited grant that gets a limit",
    before: [{ ...ACME, feature_id: "storage", unlimited: true }],
    history: (world) => world.use("acme", "storage", 30),
    after: [{ ...ACME, feature_id: "storage", included: 50 }],
    used: { storage: 0 },
  },
  {
    name: "another feature under the same id",
    before: [{ ...ACME, feature_id: "storage", id: "contract", included: 50 }],
    history: (world) => world.use("acme", "storage", 30),
    after: [{ ...ACME, feature_id: "credits", id: "contract", included: 70 }],
    used: { credits: 0 },
  },
  {
    name: "stacked grants, one replaced, one updated, one removed",
    before: [
      { ...ACME, feature_id: "api_calls", included: 100, ...MONTHLY },
      { ...ACME, feature_id: "api_calls", id: "bonus", included: 40 },
      { ...ACME, feature_id: "storage", id: "gone", included: 7 },
    ],
    history: (world) => world.use("acme", "api_calls", 30),
    after: [
      { ...ACME, feature_id: "api_calls", included: 150, ...MONTHLY },
      { ...ACME, feature_id: "api_calls", id: "bonus", included: 60 },
    ],
    meanwhile: { feature: "api_calls", units: 5 },
    prune: true,
    used: { api_calls: 30 },
  },
  {
    name: "an entity's monthly grant",
    before: [{ ...ACME, feature_id: "api_calls", entity_id: "seat_1", included: 100, ...MONTHLY }],
    history: (world) => world.use("acme", "api_calls", 30, "seat_1"),
    after: [{ ...ACME, feature_id: "api_calls", entity_id: "seat_1", included: 150, ...MONTHLY }],
    meanwhile: { feature: "api_calls", units: 5, entity: "seat_1" },
    used: { api_calls: 30 },
    keepsCycleOf: "api_calls",
  },
  {
    name: "a foreign balance taken over and raised",
    before: [],
    history: async (world) => {
      await world.call("balances.create", {
        customer_id: "acme",
        feature_id: "api_calls",
        balance_id: "by-hand",
        included_grant: 100,
        reset: { interval: "month" },
      });
      await world.use("acme", "api_calls", 30);
    },
    after: [{ ...ACME, feature_id: "api_calls", included: 150, adopt: "by-hand", ...MONTHLY }],
    meanwhile: { feature: "api_calls", units: 5 },
    used: { api_calls: 30 },
    keepsCycleOf: "api_calls",
  },
];
