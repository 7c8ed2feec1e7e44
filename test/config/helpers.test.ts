// The small parts: suggestions, safe text, lines, globs.
import { describe, expect, it } from "vitest";
import { didYouMean, editDistance } from "../../src/config/did-you-mean.ts";
import { parseGlob } from "../../src/config/glob.ts";
import { printable, quoted } from "../../src/config/index.ts";
import { Lines } from "../../src/config/lines.ts";
import { pointerParts, pointerTo, valueAt } from "../../src/config/pointer.ts";

describe("did you mean", () => {
  it.each([
    ["month", "month", 0],
    ["mnoth", "month", 1],
    ["mont", "month", 1],
    ["months", "month", 1],
    ["", "abc", 3],
    ["kitten", "sitting", 3],
  ])("counts the edits from %j to %j", (a, b, edits) => {
    expect(editDistance(a, b)).toBe(edits);
    expect(editDistance(b, a)).toBe(edits);
  });

  const known = ["customer_id", "feature_id", "id", "included", "reset"];
  it.each([
    ["customerId", "customer_id"],
    ["Customer-ID", "customer_id"],
    ["feature id", "feature_id"],
    ["inclued", "included"],
    ["rest", "reset"],
    ["x", undefined],
    ["colour", undefined],
    ["toString", undefined],
    ["x".repeat(1_000_000), undefined],
  ])("takes %j for %j", (word, meant) => {
    expect(didYouMean(word.slice(0, 1_000_000), known)).toBe(meant);
  });

  it("knows other words for the same thing, but only where they fit", () => {
    expect(didYouMean("Grant", known, { grant: "included" })).toBe("included");
    expect(didYouMean("Grant", ["a"], { grant: "included" })).toBeUndefined();
    expect(didYouMean("constructor", known, {})).toBeUndefined();
  });
});

describe("shown text", () => {
  it.each([
    ["acme", "acme"],
    ["\u001b[31m", "\\u{1b}[31m"],
    ["a\u202eb\u200bc\uFEFF", "a\\u{202e}b\\u{200b}c\\u{feff}"],
    ["a\u00a0b\u3000", "a\\u{a0}b\\u{3000}"],
    ["\ud800", "\\u{d800}"],
    ["\u2028\n", "\\u{2028}\\u{a}"],
    ["é😀漢", "é😀漢"],
    ["😀".repeat(61), `${"😀".repeat(60)}…`],
    ["x".repeat(60), "x".repeat(60)],
  ])("writes %j as %j", (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it("marks its quotes and backslashes, so that it cannot pretend to be something else", () => {
    expect(quoted('a"b\\u{1b}')).toBe('"a\\"b\\\\u{1b}"');
  });
});

it("turns offsets into lines and columns", () => {
  const lines = new Lines("ab\n\ncd\r\ne", "f");
  const places = [0, 1, 2, 3, 4, 5, 8, 9].map((offset) => {
    const { line, column } = lines.place(offset);
    return `${line}:${column}`;
  });
  expect(places).toEqual(["1:1", "1:2", "1:3", "2:1", "3:1", "3:2", "4:1", "4:2"]);
});

it("writes and reads JSON pointers", () => {
  expect(pointerTo("/a", "b/c~d")).toBe("/a/b~1c~0d");
  expect(pointerParts("/a/b~1c~0d/~01")).toEqual(["a", "b/c~d", "~1"]);
  expect(valueAt({ a: [{ "": 5 }] }, "/a/0/")).toBe(5);
  expect(valueAt({}, "/constructor/name")).toBeUndefined();
});

it.each([
  ["a/b/*.yaml", "a/b", 0, ["x.yaml"], ["x/y.yaml", "x.yml"]],
  ["/a/*/c.yaml", "/a", 1, ["b/c.yaml"], ["c.yaml", "b/b/c.yaml"]],
  ["**/*.yaml", ".", Number.POSITIVE_INFINITY, ["a.yaml", "a/b/c.yaml"], ["a.yml"]],
  ["*.yaml", ".", 0, ["a.yaml"], ["a/b.yaml"]],
  ["a.{yaml,yml}", ".", 0, ["a.yaml", "a.yml"], ["a.json", "a."]],
  ["[a-c]?.yaml", ".", 0, ["b1.yaml"], ["d1.yaml", "b.yaml", "b12.yaml"]],
  ["[!a].yaml", ".", 0, ["b.yaml"], ["a.yaml", "/.yaml"]],
  ["a**b.yaml", ".", 0, ["ab.yaml", "axxb.yaml"], ["a/b.yaml"]],
  ["[.yaml", ".", 0, ["[.yaml"], ["x.yaml"]],
  ["{a.yaml", ".", 0, ["{a.yaml"], ["a.yaml"]],
  ["{a,{b,c}}*", ".", 0, ["ax", "bx", "cx"], ["dx"]],
  ["(a+b)$.yaml*", ".", 0, ["(a+b)$.yaml"], ["aab.yaml"]],
])("matches the glob %s", (glob, folder, depth, matching, others) => {
  const parsed = parseGlob(glob);
  expect(parsed).toMatchObject({ folder, depth });
  for (const path of matching) expect([path, parsed.matches(path)]).toEqual([path, true]);
  for (const path of others) expect([path, parsed.matches(path)]).toEqual([path, false]);
});
