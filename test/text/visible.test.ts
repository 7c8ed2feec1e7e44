// Nothing that comes from outside may act on a terminal, hide itself, or pass for a command of a CI system.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { brief, visible, visibleJson } from "../../src/text/index.ts";

describe("visible", () => {
  it.each([
    ["an escape sequence", "\u001b[2Jgone", "\\u{1b}[2Jgone"],
    ["a line break", "a\r\nb", "a\\u{d}\\u{a}b"],
    ["a C1 control", "\u009b31m", "\\u{9b}31m"],
    ["a bidi override", "\u202eevil", "\\u{202e}evil"],
    ["zero width", "a\u200bb\u2060\ufeff", "a\\u{200b}b\\u{2060}\\u{feff}"],
    ["a space that is not one", "a\u00a0b\u3000", "a\\u{a0}b\\u{3000}"],
    ["a tag", "\u{e0041}", "\\u{e0041}"],
    ["an invisible letter", "\u3164", "\\u{3164}"],
    ["a character of nobody's", "\ue000\u0378", "\\u{e000}\\u{378}"],
    ["half a character", "\ud800", "\\u{d800}"],
    ["commands of CI systems", "##[error]x ##vso[task]y", "#\\u{23}[error]x #\\u{23}vso[task]y"],
  ])("writes %s as an escape", (_, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it("leaves everything else alone", () => {
    expect(visible("acme — Größe 日本語 🎉 # [x]")).toBe("acme — Größe 日本語 🎉 # [x]");
  });

  it("changes nothing more when done twice", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => visible(visible(text)) === visible(text)));
  });
});

describe("brief", () => {
  it("shortens in the middle, by characters and not by halves of them", () => {
    expect(brief("🎉".repeat(9), 5)).toBe("🎉🎉…🎉🎉");
    expect(brief("🎉".repeat(5), 5)).toBe("🎉🎉🎉🎉🎉");
  });

  it("never shows more than its length in characters", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 400 }),
        fc.integer({ min: 3, max: 50 }),
        (text, length) => {
          const plain = Array.from(text).every((character) => visible(character) === character);
          return !plain || Array.from(brief(text, length)).length <= length;
        },
      ),
    );
  });
});

describe("visibleJson", () => {
  it("is the same document", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const json = visibleJson(JSON.stringify({ text }, null, 2));
        expect(json).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
  });
});
