// Values as complaints quote them.
import { describe, expect, it } from "vitest";
import { named, printable, quoted } from "../../src/text/index.ts";

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

  it("is quoted within a sentence where its ends could not be seen", () => {
    const ids = ["acme", "a b", " acme", "acme\n", "", "\u00a0"];
    expect(ids.map(named)).toEqual(["acme", "a b", '" acme"', '"acme\\u{a}"', '""', '"\\u{a0}"']);
  });
});
