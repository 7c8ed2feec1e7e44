// The order of what happened, and whose it is.
import { expect, it } from "vitest";
import type { EntryChange } from "../../src/config/index.ts";
import { changedFields, timelinesOf } from "../../src/history/index.ts";
import type { EndedRow, Row } from "../../src/reconcile/index.ts";
import { type BalanceEntry, type DesiredBalance, desiredBalance } from "../../src/schema/index.ts";

const entry = (customer_id: string, rest: Partial<BalanceEntry> = {}): DesiredBalance =>
  desiredBalance({ customer_id, feature_id: "api_calls", included: 1, ...rest } as BalanceEntry);

const ended = (customerId: string, key: string, at: number | null): EndedRow => ({
  customerId,
  key,
  generation: 1,
  row: {} as Row,
  state: "ended",
  at,
  replacedBy: null,
  idFreeAt: null,
});

function change(customerId: string, key: string, at: number | null): EntryChange {
  const commit = at === null ? null : { id: "a".repeat(40), at, author: "A", subject: "s", isFirst: false };
  return { customerId, key, commit, before: null, after: entry(customerId, { id: key }) };
}

it("tells the events of each customer, the oldest first, and commits before what they ended", () => {
  const { timelines, earlier } = timelinesOf({
    ended: [ended("b", "old", 10), ended("b", "r1", 40), ended("a", "r2", 50), ended("b", "never", null)],
    changes: [change("b", "c1", 30), change("b", "c2", 40), change("b", "files", null), change("c", "x", 60)],
    missing: new Set(["c"]),
    includes: () => true,
    since: 20,
  });
  expect(
    timelines.map(({ customerId, isMissing, events }) => [
      customerId,
      isMissing,
      events.map(({ key }) => key),
    ]),
  ).toEqual([
    ["a", false, ["r2"]],
    ["b", false, ["c1", "c2", "r1", "files", "never"]],
    ["c", true, ["x"]],
  ]);
  expect(earlier).toBe(1);
});

it("leaves out customers that nobody asked for", () => {
  const asked = { missing: new Set<string>(), includes: (id: string) => id === "a", since: 0 };
  const { timelines } = timelinesOf({
    ended: [ended("a", "r", 1)],
    changes: [change("a", "c", 2), change("b", "c", 3)],
    ...asked,
  });
  expect(timelines.map(({ customerId }) => customerId)).toEqual(["a"]);
});

it("names every field that can change, as it would be written", () => {
  const before = entry("a", { id: "k", reset: { interval: "month" }, entity_id: "e" });
  const after = desiredBalance({
    customer_id: "a",
    feature_id: "exports",
    id: "k",
    unlimited: true,
    adopt: "x",
    expires_at: "2027-01-31T00:00:00Z",
  } as BalanceEntry);
  expect(changedFields(before, after)).toEqual([
    { field: "feature_id", from: "api_calls", to: "exports" },
    { field: "entity_id", from: "e", to: null },
    { field: "unlimited", from: false, to: true },
    { field: "included", from: 1, to: null },
    { field: "reset", from: { interval: "month" }, to: null },
    { field: "expires_at", from: null, to: "2027-01-31T00:00:00Z" },
    { field: "adopt", from: null, to: "x" },
  ]);
  const rolling = (max: number) =>
    entry("a", {
      reset: { interval: "month" },
      rollover: { max, duration: "forever" },
      next_reset_at: `2027-0${max}-01T00:00:00Z`,
    });
  expect(changedFields(rolling(1), rolling(2)).map(({ field }) => field)).toEqual([
    "rollover",
    "next_reset_at",
  ]);
  expect(changedFields(before, before)).toEqual([]);
});

it("tells what changed of a balance over time, and not what only its first phase says", () => {
  const starts = Date.UTC(2027, 0, 1);
  const phased = (included: number) => {
    const { included: _, ...written } = { ...entry("a"), customer_id: "a", feature_id: "api_calls" };
    const phases = [
      { included: 5, ends_at: starts },
      { included, reset: { interval: "month" } as const },
    ];
    return desiredBalance({ ...written, phases } as BalanceEntry);
  };
  expect(changedFields(phased(1), phased(2))).toEqual([
    {
      field: "phases",
      from: [
        expect.anything(),
        { starts_at: "2027-01-01T00:00:00Z", included: 1, reset: { interval: "month" } },
      ],
      to: [
        expect.anything(),
        { starts_at: "2027-01-01T00:00:00Z", included: 2, reset: { interval: "month" } },
      ],
    },
  ]);
  expect(changedFields(entry("a"), phased(2)).map(({ field }) => field)).toEqual(["phases"]);
  expect(changedFields(entry("a"), entry("a", { starts_at: starts }))).toEqual([
    { field: "starts_at", from: null, to: "2027-01-01T00:00:00Z" },
  ]);
});
