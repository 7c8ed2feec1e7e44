// History as text, JSON and CSV.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EntryChange, GitHistory } from "../../src/config/index.ts";
import { jsonText } from "../../src/document/index.ts";
import { type Disagreement, timelinesOf } from "../../src/history/index.ts";
import type { EndedRow, Row } from "../../src/reconcile/index.ts";
import { csv } from "../../src/report/csv.ts";
import { type HistoryReport, historyCsv, historyJson, historyText } from "../../src/report/index.ts";
import { desiredBalance } from "../../src/schema/index.ts";
import { storedRow } from "../support/row.ts";
import { published } from "./published-schema.ts";

const { validates: validatesHistory, describes: describesHistory } = published("history");

const DAY = 86_400_000;
const NOW = Date.UTC(2027, 0, 15, 9);
const MONTHLY = { interval: "month", intervalCount: 1 } as const;

const row = (rest: Partial<Row> = {}): Row =>
  storedRow({
    balanceId: "contracts:api_calls",
    grant: 50_000,
    creationGrant: 50_000,
    remaining: 49_880,
    usage: 120,
    reset: MONTHLY,
    resetsAt: NOW + 20 * DAY,
    expiresAt: NOW - 5 * DAY,
    createdAt: NOW - 40 * DAY,
    ...rest,
  });

const ended = (rest: Partial<EndedRow> = {}): EndedRow => ({
  customerId: "acme",
  key: "api_calls",
  generation: 1,
  row: row(),
  state: "ended",
  at: NOW - 5 * DAY,
  replacedBy: row({ balanceId: "contracts:api_calls~2", expiresAt: null }),
  idFreeAt: null,
  ...rest,
});

const commit = {
  id: "a8fd0e4".padEnd(40, "0"),
  at: NOW - 6 * DAY,
  author: "Ada",
  subject: "Raise",
  isFirst: false,
};
const entry = (included: number, rest: object = {}) =>
  desiredBalance({
    customer_id: "acme",
    feature_id: "api_calls",
    included,
    reset: { interval: "month" },
    ...rest,
  });

const changes: EntryChange[] = [
  { customerId: "acme", key: "api_calls", commit, before: null, after: entry(50_000) },
  { customerId: "acme", key: "api_calls", commit, before: entry(50_000), after: entry(80_000) },
  { customerId: "acme", key: "bonus", commit, before: entry(1, { id: "bonus" }), after: null },
  { customerId: "acme", key: "api_calls", commit: null, before: entry(80_000), after: entry(90_000) },
];

const rows: EndedRow[] = [
  ended(),
  ended({
    generation: 2,
    row: row({ balanceId: "contracts:api_calls~2" }),
    at: NOW - 4 * DAY,
    replacedBy: null,
  }),
  ended({
    key: "bonus",
    generation: 0,
    row: row({ balanceId: "by-hand", featureId: "exports", entityId: "seat_1", reset: null, resetsAt: null }),
    state: "used_up",
    at: null,
    idFreeAt: NOW + DAY,
  }),
  ended({
    key: "sso",
    row: row({ balanceId: "contracts:sso", featureId: "sso", boolean: true }),
    replacedBy: null,
  }),
  ended({
    key: "all",
    row: row({ balanceId: "contracts:all", unlimited: true, reset: null }),
    replacedBy: null,
  }),
];

const live: Disagreement = {
  code: "grant",
  customerId: "acme",
  key: "api_calls",
  generation: 3,
  row: row({ balanceId: "contracts:api_calls~3", grant: 7, expiresAt: null }),
  ended: null,
  isUncommitted: true,
};
const [, second] = rows as [EndedRow, EndedRow];
const over: Disagreement = {
  ...live,
  code: "end",
  generation: 2,
  row: second.row,
  ended: second,
  isUncommitted: false,
};

const READ: GitHistory = {
  kind: "read",
  commits: 2,
  since: NOW - 30 * DAY,
  isWhole: false,
  cut: "shallow",
  initial: new Map(),
  changes,
  grants: new Set(),
  wrong: 1,
  absent: 2,
};

const report = (rest: Partial<HistoryReport> = {}): HistoryReport => ({
  namespace: "contracts",
  environment: "sandbox",
  baseUrl: "https://api.useautumn.com",
  madeAt: NOW,
  since: NOW - 90 * DAY,
  scope: "customers",
  customers: 3,
  missing: ["left"],
  git: READ,
  disagreements: [over, live],
  ...timelinesOf({ ended: rows, changes, missing: new Set(), includes: () => true, since: NOW - 90 * DAY }),
  ...rest,
});

const NOTHING = report({
  timelines: [],
  disagreements: [],
  missing: [],
  git: { kind: "none", reason: "--no-git says so" },
});

describe("a history as text", () => {
  it("is a timeline, aligned, with what no commit explains", async () => {
    await expect(historyText(report())).toMatchFileSnapshot("golden/history.txt");
  });

  it("says in few words that nothing happened", () => {
    expect(historyText(NOTHING)).toBe(
      `No balance has ended since 2026-10-17T09:00:00Z
namespace contracts at https://api.useautumn.com (sandbox), 3 customers looked at
git: not read, as --no-git says so

Other customers are looked at with --all-customers.
`,
    );
  });

  it("shows the newest events when there are many, and says how many it left out", () => {
    const text = historyText(report(), { most: 3 });
    expect(text).toContain("6 older events: --full shows all of them");
    expect(text).toContain("not committed");
    expect(text).toContain("2027-01-11T09:00:00Z  api_calls~2");
    expect(text).not.toContain("appeared");
    expect(historyText(report(), { most: 9 })).toBe(historyText(report()));
  });

  it("is painted only when it is asked to be", () => {
    expect(historyText(report())).not.toContain("\u001b");
    const painted = historyText(report(), { colours: true });
    expect(painted.replaceAll(/\u001b\[\d+m/g, "")).toBe(historyText(report()));
  });

  it("keeps to its lines whatever people and balances are called", () => {
    const evil = "\u001b[2J\n::error::x";
    const hostile = { ...commit, author: evil, subject: evil };
    const text = historyText(
      report({
        git: { kind: "none", reason: evil },
        ...timelinesOf({
          ended: [ended({ key: evil, row: row({ balanceId: evil, featureId: evil }) })],
          changes: [
            { customerId: evil, key: evil, commit: hostile, before: null, after: entry(1, { id: evil }) },
          ],
          missing: new Set(),
          includes: () => true,
          since: 0,
        }),
      }),
    );
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]|^\s*::/mu);
  });
});

describe("a history as JSON", () => {
  it.each([
    ["of everything", report()],
    ["of nothing", NOTHING],
    ["that is whole", report({ git: { ...READ, isWhole: true, cut: null } })],
    ["of a key of another form", report({ environment: null, scope: "organisation" })],
  ])("%s follows the published schema", (_, what) => {
    const document: unknown = JSON.parse(jsonText(historyJson(what)));
    expect(validatesHistory(document), JSON.stringify(validatesHistory.errors)).toBe(true);
    expect(describesHistory(document), JSON.stringify(describesHistory.errors?.slice(0, 3))).toBe(true);
  });

  it("counts what happened", () => {
    expect(historyJson(report()).summary).toEqual({
      ended: 4,
      used_up: 1,
      appeared: 1,
      changed: 2,
      removed: 1,
      earlier: 0,
      disagreements: 2,
    });
  });
});

/** A reader of RFC 4180. */
function parsed(text: string): string[][] {
  const cells = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g;
  const lines: string[][] = [[]];
  for (const [, quoted, plain = "", end] of text.matchAll(cells)) {
    lines.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\r\n") lines.push([]);
  }
  expect(lines.pop()).toEqual([]);
  return lines;
}

describe("a history as CSV", () => {
  it("has a line for each event, and for each live balance that no commit explains", () => {
    const [head = [], ...lines] = parsed(historyCsv(report()));
    expect(lines).toHaveLength(10);
    expect(lines.every((line) => line.length === head.length)).toBe(true);
    const records = lines.map((line) => Object.fromEntries(line.map((cell, n) => [head[n], cell])));
    expect(records.map(({ event }) => event)).toEqual([
      "appeared",
      "changed",
      "removed",
      "ended",
      "ended",
      "ended",
      "ended",
      "changed",
      "used_up",
      "live",
    ]);
    expect(records[1]).toMatchObject({
      at: "2027-01-09T09:00:00Z",
      granted: "80000",
      changes: "included 50,000 → 80,000",
      commit: commit.id,
      author: "Ada",
      subject: "Raise",
    });
    expect(records.at(-1)).toMatchObject({
      at: "",
      balance_id: "contracts:api_calls~3",
      disagreement: "no commit declares that; the files do, and that is not committed",
    });
    expect(records.filter(({ disagreement }) => disagreement !== "")).toHaveLength(2);
    expect(records.map(({ granted }) => granted)).toContain("on");
    expect(records.map(({ granted }) => granted)).toContain("unlimited");
  });

  it("gives back every text, but for what would do harm", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme-ascii" }), { minLength: 1 }), (cells) => {
        const [, line] = parsed(
          csv(
            cells.map(() => "x"),
            [cells],
          ),
        );
        expect(line?.map((cell) => cell.replace(/^'/, ""))).toEqual(cells);
        expect(line?.some((cell) => /^[=+\-@]/.test(cell))).toBe(false);
      }),
    );
  });

  it.each([
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@x", "'@x"],
    ["＝1", "'＝1"],
    ["'=1", "''=1"],
    ["\t=1", "\\u{9}=1"],
    ["\r=1", "\\u{d}=1"],
    ["a\nb", "a\\u{a}b"],
    ['"', '""""'],
    ["a,b", '"a,b"'],
    [-5, "-5"],
    [0.5, "0.5"],
    [null, ""],
  ])("writes %j as %s", (cell, written) => {
    expect(csv(["x"], [[cell]])).toBe(`x\r\n${written}\r\n`);
  });
});
