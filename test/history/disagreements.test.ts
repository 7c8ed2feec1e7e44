// What no commit explains, and what one does: rows beside the versions that an entry had.
import { describe, expect, it } from "vitest";
import type { EntryChange, ReadGitHistory } from "../../src/config/index.ts";
import { disagreements } from "../../src/history/index.ts";
import { knownRows, type Row } from "../../src/reconcile/index.ts";
import {
  type BalanceEntry,
  balanceName,
  type DesiredBalance,
  desiredBalance,
} from "../../src/schema/index.ts";
import { storedRow } from "../support/row.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2027, 0, 15);
const KEY = { customer_id: "acme", feature_id: "api_calls" } as const;

const entry = (included: number, rest: Partial<BalanceEntry> = {}): DesiredBalance =>
  desiredBalance({ ...KEY, included, ...rest });

const row = (grant: number, generation: number, rest: Partial<Row> = {}): Row =>
  storedRow({
    balanceId: generation === 1 ? "test:api_calls" : `test:api_calls~${generation}`,
    grant,
    creationGrant: grant,
    remaining: grant - 1,
    usage: 1,
    createdAt: NOW - 50 * DAY + generation * DAY,
    ...rest,
  });

const ended = (grant: number, generation: number, rest: Partial<Row> = {}): Row =>
  row(grant, generation, { expiresAt: NOW - 30 * DAY + generation * DAY, ...rest });

interface Known extends Partial<Pick<ReadGitHistory, "since" | "isWhole" | "absent" | "grants">> {
  /** The entry at `since`. */
  readonly initial?: DesiredBalance;
  /** What is in the files and not committed. */
  readonly files?: DesiredBalance | null;
}

/** @param versions what the entry said, one commit after the other */
function told(
  rows: readonly Row[],
  versions: readonly (DesiredBalance | null)[],
  { initial, files, ...known }: Known = {},
): string[] {
  const changes: EntryChange[] = [];
  let before: DesiredBalance | null = initial ?? null;
  const commit = { id: "a".repeat(40), at: NOW - 60 * DAY, author: "A", subject: "s", isFirst: false };
  for (const after of versions) {
    changes.push({ customerId: "acme", key: "api_calls", commit, before, after });
    before = after;
  }
  if (files !== undefined) {
    changes.push({ customerId: "acme", key: "api_calls", commit: null, before, after: files });
  }
  const git: ReadGitHistory = {
    kind: "read",
    commits: versions.length,
    since: NOW - 90 * DAY,
    isWhole: true,
    cut: null,
    wrong: 0,
    absent: 0,
    initial: new Map(initial ? [[balanceName("acme", "api_calls"), initial]] : []),
    changes,
    grants: new Set(),
    ...known,
  };
  return disagreements(knownRows([], new Map([["acme", rows]]), "test", NOW), git).map(
    ({ code, row: { balanceId }, isUncommitted }) =>
      `${code} ${balanceId}${isUncommitted ? " (not committed)" : ""}`,
  );
}

describe("rows and commits", () => {
  it("agree where every grant was declared, and every end followed a change", () => {
    const rows = [ended(100, 1), ended(200, 2), row(100, 3)];
    expect(told(rows, [entry(100), entry(200), entry(100)])).toEqual([]);
    expect(told([row(200, 1)], [entry(100), entry(200)])).toEqual([]);
    expect(told([ended(100, 1)], [entry(100), null])).toEqual([]);
    expect(
      told(
        [ended(100, 1), row(100, 2)],
        [entry(100), entry(100, { reset: { interval: "month" } }), entry(100)],
      ),
    ).toEqual([]);
  });

  it("disagree about a grant that no commit declared, of rows that live and that have ended", () => {
    expect(told([row(300, 1)], [entry(100)])).toEqual(["grant test:api_calls"]);
    expect(told([ended(300, 1), row(100, 2)], [entry(100)])).toEqual(["grant test:api_calls"]);
    // As many units, but each month.
    const monthly = row(100, 1, { reset: { interval: "month", intervalCount: 1 }, resetsAt: NOW + DAY });
    expect(told([monthly], [entry(100)])).toEqual(["grant test:api_calls"]);
    expect(told([row(0, 1, { unlimited: true })], [entry(100)])).toEqual(["grant test:api_calls"]);
  });

  it("disagree about an end that no commit led to", () => {
    expect(told([ended(100, 1)], [entry(100)])).toEqual(["end test:api_calls"]);
    expect(told([ended(100, 1), row(100, 2)], [entry(100)])).toEqual(["end test:api_calls"]);
    // The change came later, and made the third.
    expect(told([ended(100, 1), ended(100, 2), row(200, 3)], [entry(100), entry(200)])).toEqual([
      "end test:api_calls",
    ]);
    const usedUp = row(100, 1, { remaining: 0, usage: 100 });
    expect(told([usedUp, row(100, 2)], [entry(100)])).toEqual(["end test:api_calls"]);
    expect(told([usedUp, row(200, 2)], [entry(100), entry(200)])).toEqual([]);
  });

  it("agree about an end that was declared", () => {
    const expiresAt = NOW - 20 * DAY;
    const declared = entry(100, { expires_at: expiresAt });
    expect(told([ended(100, 1, { expiresAt })], [declared])).toEqual([]);
    expect(told([ended(100, 1, { expiresAt: expiresAt + 999 })], [declared])).toEqual([]);
    expect(told([ended(100, 1, { expiresAt: expiresAt - DAY })], [declared])).toEqual(["end test:api_calls"]);
  });

  it("agree about the end of a row whose successor was changed elsewhere since", () => {
    expect(told([ended(100, 1), row(777, 2)], [entry(100), entry(200)])).toEqual(["grant test:api_calls~2"]);
  });

  it("disagree about what has no entry", () => {
    expect(told([ended(5, 1)], [])).toEqual(["no-entry test:api_calls"]);
    expect(told([row(5, 1)], [])).toEqual(["no-entry test:api_calls"]);
  });

  it("are not compared where a grant may have given it to customers whom no balances file names", () => {
    const grants = new Set(["api_calls"]);
    expect(told([row(5, 1)], [], { grants })).toEqual([]);
    expect(told([row(5, 1)], [entry(100)], { grants })).toEqual([]);
    expect(told([ended(100, 1)], [entry(100)], { grants })).toEqual([]);
  });

  it("tell what the files say, and nobody committed", () => {
    expect(told([row(300, 1)], [entry(100)], { files: entry(300) })).toEqual([
      "grant test:api_calls (not committed)",
    ]);
    expect(told([ended(100, 1)], [entry(100)], { files: null })).toEqual([
      "end test:api_calls (not committed)",
    ]);
    expect(told([row(300, 1)], [entry(100)], { files: entry(400) })).toEqual(["grant test:api_calls"]);
  });

  it("are not compared where the commits are not known", () => {
    const since = NOW - 10 * DAY;
    // Granted, and ended, before the first commit that is known.
    expect(told([ended(50, 1), row(100, 2)], [], { since, isWhole: false, initial: entry(100) })).toEqual([]);
    expect(told([row(100, 1)], [], { since, isWhole: false, initial: entry(200) })).toEqual([]);
    expect(told([row(100, 1)], [], { since, isWhole: false })).toEqual([]);
    expect(told([row(100, 1)], [], { since, isWhole: false, absent: 1, initial: entry(100) })).toEqual([]);
    // It was as declared then, and nothing has been changed since.
    expect(told([ended(100, 1)], [], { since, isWhole: false, initial: entry(100) })).toEqual([
      "end test:api_calls",
    ]);
    // It was granted since.
    const fresh = row(300, 2, { createdAt: NOW - DAY });
    expect(told([fresh], [], { since, isWhole: false, initial: entry(100) })).toEqual([
      "grant test:api_calls~2",
    ]);
    const unknownAge: Partial<Row> = { createdAt: undefined };
    expect(told([row(300, 1, unknownAge)], [], { since, isWhole: false, initial: entry(100) })).toEqual([]);
    expect(told([row(300, 1)], [entry(100)], { absent: 1 })).toEqual([]);
  });

  it("are not compared by the grant of a successor that was never finished", () => {
    expect(
      told([ended(100, 1), ended(149.999613, 2), row(300, 3)], [entry(100), entry(150), entry(300)]),
    ).toEqual([]);
  });

  it("agree phase by phase, as the files change nothing when a phase begins", () => {
    const until = NOW - 29 * DAY;
    const phased = (...grants: readonly number[]): DesiredBalance => {
      const phases = grants.map((included, n) => ({ included, starts_at: until + (n - 1) * DAY }));
      return desiredBalance({ ...KEY, phases });
    };
    expect(told([row(200, 1)], [phased(100, 200)])).toEqual([]);
    expect(told([row(200, 1)], [], { initial: phased(100, 200) })).toEqual([]);
    expect(told([ended(100, 1), row(200, 2)], [phased(100, 200)])).toEqual([]);
    expect(told([ended(100, 1), row(300, 2)], [phased(100, 200)])).toEqual(["grant test:api_calls~2"]);
    const last = desiredBalance({ ...KEY, phases: [{ included: 5, ends_at: until }] });
    expect(told([ended(5, 1)], [last])).toEqual([]);
  });
});
