import { describe, expect, it } from "vitest";
import { entryProblems, parseBalances } from "../../src/config/index.ts";
import { BAD_ENTRY_FILE, badEntries, fileWith } from "./bad-entries.ts";

describe("a wrong entry", () => {
  it.each(badEntries)("$name", ({ entry, problems }) => {
    const found = parseBalances(fileWith(entry), BAD_ENTRY_FILE).problems;
    expect(found.map(({ place, ...problem }) => problem)).toEqual(
      problems.map(({ pointer = "", ...problem }) => ({ ...problem, pointer: `/balances/0${pointer}` })),
    );
  });

  it.each(badEntries)("has a place within the entry and a way out: $name", ({ entry }) => {
    const lines = fileWith(entry).split("\n");
    for (const { place, hint } of parseBalances(fileWith(entry), BAD_ENTRY_FILE).problems) {
      expect(place?.file).toBe(BAD_ENTRY_FILE);
      expect(place?.line).toBeGreaterThanOrEqual(4);
      expect(place?.column).toBeGreaterThanOrEqual(1);
      expect(place?.column).toBeLessThanOrEqual((lines[(place?.line ?? 0) - 1]?.length ?? 0) + 1);
      expect(hint).toBeTruthy();
    }
  });
});

it.each(["a~b~2", "a~2~3", "no~2", "a: b~2", "x #~12"])("proposes a name that is taken, for %s", (seat) => {
  const entry = (id: string) =>
    fileWith(`customer_id: acme\nfeature_id: api_calls\nentity_id: "${seat}"\nincluded: 1${id}`);
  const [problem] = parseBalances(entry(""), BAD_ENTRY_FILE).problems;
  expect(problem?.code).toBe("needs-an-id");
  const proposed = /`(id: .+)`$/.exec(problem?.hint ?? "")?.[1];
  expect(parseBalances(entry(`\n${proposed}`), BAD_ENTRY_FILE).problems).toEqual([]);
});

describe("an entry that comes from no file", () => {
  const plain = badEntries.filter(
    ({ entry, problems }) =>
      problems.every(({ code }) => !/yaml|alias|twice|name-not|finite/.test(code)) && !entry.includes("\\"),
  );

  it.each(plain)("is complained about in the same way: $name", async ({ entry, problems }) => {
    const { parse } = await import("yaml");
    const codes = entryProblems(parse(entry)).map(({ code }) => code);
    expect(codes.toSorted()).toEqual(problems.map(({ code }) => code).toSorted());
  });

  it("names what no file can have", () => {
    const messageOf = (included: unknown) =>
      entryProblems({ customer_id: "acme", feature_id: "api_calls", included })[0]?.message;
    expect(messageOf(5n)).toBe("`included` is 5n, but must be a number");
    expect(messageOf(() => 5)).toBe("`included` is a function, but must be a number");
  });

  it("points into the entry and not into a file", () => {
    expect(
      entryProblems({ customer_id: "acme", feature_id: "api_calls", reset: { interval: "mnth" } }),
    ).toEqual([
      expect.objectContaining({
        code: "not-one-of",
        pointer: "/reset/interval",
        hint: "did you mean month?",
      }),
    ]);
    expect(entryProblems({ customer_id: "acme", feature_id: "api_calls" })).toEqual([]);
  });
});

it.each([
  ["Customer_ID: acme\nfeature_id: api_calls", "`customer_id`"],
  ["customer_id: acme\nFeature_ID: api_calls", "`feature_id`"],
  ["customer_id: acme\nfeature_id: api_calls\nINCLUDED: 5", "`included`"],
  ["customer_id: acme\nfeature_id: api_calls\nNextResetAt: 2030-01-01", "`next_reset_at`"],
  ["customer_id: acme\nfeature_id: api_calls\nEXPIRES-TA: 2030-01-01", "`expires_at`"],
  ["customer_id: acme\nfeature_id: api_calls\nreset: { Interval: month }", "`interval`"],
  ["customer_id: acme\nfeature_id: api_calls\nreset: { interval: MONHT }", "month"],
])("knows a name whatever its case: %s", (entry, meant) => {
  const hints = parseBalances(fileWith(entry), BAD_ENTRY_FILE).problems.map(({ hint }) => hint);
  expect(hints).toContain(`did you mean ${meant}?`);
});
