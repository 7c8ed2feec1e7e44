// The decision table of docs/concepts.md, line by line, against the engine that decides.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { changesOf } from "../../src/reconcile/decide/changes.ts";
import type { ChangeKind, Row } from "../../src/reconcile/index.ts";
import { type BalanceEntry, desiredBalance, type Reset } from "../../src/schema/index.ts";
import { storedRow } from "../support/row.ts";
import { tableBelow } from "./markdown.ts";
import { ROOT } from "./session.ts";

const NOW = Date.UTC(2027, 0, 15);
const DAY = 86_400_000;
const MONTHLY: Reset = { interval: "month", intervalCount: 1 };

/** What there is and what is declared, for a row that does not reset and for one that does. */
interface Case {
  /** Changes of an entry that is as the row; `null` is no entry. */
  readonly entry?: Partial<BalanceEntry> | null;
  /** Changes of a row that is as declared; several rows, or none, where a list is given. */
  readonly rows?: readonly Partial<Row>[];
  /** Only where it makes sense. */
  readonly only?: "resetting" | "not resetting";
}

const USED_UP = { remaining: 0, usage: 100 };
const ENDED = { expiresAt: NOW - DAY };
const LATER = { expires_at: NOW + 10 * DAY };
const GENERATION_2 = { balanceId: "docs:api_calls~2", createdAt: NOW - 3 * DAY };

/** Each line of the table, with everything that it says. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  nothing: [{}],
  "there is no row yet": [{ rows: [] }],
  "`included`": [{ entry: { included: 150 } }, { entry: { included: 50 } }],
  "`expires_at` is set, or moved": [{ entry: LATER }, { entry: LATER, rows: [{ expiresAt: NOW + DAY }] }],
  "`expires_at` is removed": [{ rows: [{ expiresAt: NOW + DAY }] }],
  "`unlimited`": [{ entry: { unlimited: true, included: undefined, reset: undefined } as never }],
  "`reset` is added, removed or changed": [
    { entry: { reset: { interval: "year" } } },
    { entry: { reset: undefined } as never, only: "resetting" },
    { entry: { reset: { interval: "month", interval_count: 2 } } },
  ],
  "`rollover`": [{ entry: { rollover: { duration: "forever" } }, only: "resetting" }],
  "`feature_id` or `entity_id` of the same `id`": [
    { entry: { id: "api_calls", feature_id: "exports" } },
    { entry: { id: "api_calls", entity_id: "seat_1" } },
  ],
  "the current grant is as declared, the one a reset goes back to is not": [
    { rows: [{ creationGrant: 70 }] },
  ],
  "it has ended, as declared": [{ entry: { expires_at: NOW - DAY }, rows: [ENDED], only: "not resetting" }],
  "it has ended, and is now declared to end later or never": [
    { entry: LATER, rows: [ENDED], only: "not resetting" },
    { rows: [ENDED], only: "not resetting" },
  ],
  "it is declared to have ended, and has not": [
    { entry: { expires_at: NOW - DAY }, only: "not resetting" },
    { entry: { expires_at: NOW - DAY }, rows: [{ expiresAt: NOW + DAY }], only: "not resetting" },
  ],
  "it is declared to have ended, and was never there": [
    { entry: { expires_at: NOW - DAY }, rows: [], only: "not resetting" },
  ],
  "it is used up, and nothing else differs": [{ rows: [USED_UP] }],
  "it is used up, and `included` differs": [{ entry: { included: 150 }, rows: [USED_UP] }],
  "it is used up, and only `expires_at` is moved": [{ entry: LATER, rows: [USED_UP] }],
  "it is used up, and the entry adopts another row, which lives": [
    { entry: { adopt: "by-hand" }, rows: [USED_UP, { balanceId: "by-hand" }] },
  ],
  "two generations live": [{ rows: [{}, GENERATION_2] }],
  "several rows have its id": [{ rows: [{}, {}] }],
  "there is no entry: it lives": [{ entry: null }],
  "there is no entry: it is used up": [{ entry: null, rows: [USED_UP] }],
  "there is no entry: it has ended": [{ entry: null, rows: [ENDED], only: "not resetting" }],
};

function decide({ entry = {}, rows = [{}] }: Case, reset: Reset | null): ChangeKind {
  const asDeclared = storedRow({
    balanceId: "docs:api_calls",
    internalId: "cus_ent_1",
    usage: 30,
    reset,
    resetsAt: reset && NOW + 10 * DAY,
    createdAt: NOW - 20 * DAY,
  });
  const declared: BalanceEntry = {
    customer_id: "acme",
    feature_id: "api_calls",
    included: 100,
    ...(reset === null ? {} : { reset: { interval: reset.interval as "month" } }),
    ...entry,
  };
  const changes = changesOf(
    entry === null ? [] : [desiredBalance(declared)],
    new Map([["acme", rows.map((row) => ({ ...asDeclared, ...row }))]]),
    { namespace: "docs", now: NOW, isBoolean: () => false },
  );
  return (changes.declared[0] ?? changes.undeclared[0])?.kind ?? "none";
}

const table = tableBelow(readFileSync(join(ROOT, "docs/concepts.md"), "utf8"), "## Update or replacement");

it("has a case for each line of the table", () => {
  expect(table.map(([what]) => what)).toEqual(Object.keys(CASES));
});

describe("the decision table", () => {
  it.each(table)("%s: %s, %s", (what = "", once = "", resetting = "") => {
    for (const one of CASES[what] ?? []) {
      if (one.only !== "resetting") expect(decide(one, null), "without resets").toBe(once);
      if (one.only !== "not resetting") expect(decide(one, MONTHLY), "with resets").toBe(resetting);
    }
    const says = (only: Case["only"]) =>
      (CASES[what] ?? []).some((one) => one.only === undefined || one.only === only);
    expect([says("not resetting"), says("resetting")]).toEqual([once !== "", resetting !== ""]);
  });
});
