// Whatever stands in a file: an answer, never a crash, and soon.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBalances } from "../../src/config/index.ts";

const good = `version: 1
namespace: contracts
environment: live
limits: { deletes: 5, granted: { api_calls: 100 } }
balances:
  - customer_id: &a acme
    feature_id: api_calls
    included: 50_000 # many
    reset: &m { interval: month, interval_count: 2 }
    rollover:
      max: 5
      duration: forever
  - { customer_id: *a, <<: [*m], "feature_id": 'x', expires_at: 2027-01-31T00:00:00Z }
  - |
    text
  - !tag [ "\\u202e", ~, .nan ]
`;

/** Pieces that mean something to a YAML reader, and some that mean nothing. */
const piece = fc.oneof(
  fc.constantFrom(
    ..."[]{}:,-?&*!|>%@`'\"#~<.=\\\t\n\r \0\u0085\u2028\uFEFF\uD800",
    "\n  ",
    "- ",
    ": ",
    "? ",
    "&a ",
    "*a",
    "<<: ",
    "---\n",
    "...\n",
    "!!str ",
    "\r\n",
    "0x1f",
    "1e999",
    "null",
    "__proto__: ",
    "\u001b[31m",
  ),
  fc.string({ unit: "binary", maxLength: 8 }),
);

/** Checks that one text gets an answer. */
function answered(text: string): void {
  const { config, problems } = parseBalances(text, "fuzz.yaml");
  expect(config === null).toBe(problems.length > 0);
  const lines = text.split("\n").length;
  for (const { message, hint, code, place } of problems) {
    expect(code).toMatch(/^[a-z0-9-]+$/);
    expect(`${message}${hint ?? ""}`).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
    expect(message).not.toMatch(/undefined|\[object/);
    expect(place?.line).toBeGreaterThanOrEqual(1);
    expect(place?.line).toBeLessThanOrEqual(lines);
  }
}

describe("any text", () => {
  it("of pieces of YAML", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => answered(pieces.join(""))),
      { numRuns: 3000 },
    );
  });

  it("that was a balances file until something was cut, doubled or put in", () => {
    const cut = fc.record({
      at: fc.nat(good.length),
      length: fc.nat(12),
      insert: fc.array(piece, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(cut, { minLength: 1, maxLength: 4 }), (cuts) => {
        let text = good;
        for (const { at, length, insert } of cuts)
          text = text.slice(0, at) + insert.join("") + text.slice(at + length);
        answered(text);
      }),
      { numRuns: 2000 },
    );
  });

  it("of random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) =>
        answered(Buffer.from(bytes).toString("latin1")),
      ),
      { numRuns: 2000 },
    );
  });

  it("of any JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => answered(JSON.stringify(value))),
      { numRuns: 1000 },
    );
  });

  it("of one piece, very often", () => {
    const pieces = [
      ...good
        .split("\n")
        .slice(0, 8)
        .map((line) => `${line}\n`),
      ..."[]{}:,-?&*!|>%'\"#~\t\n ",
      "- ",
      ": ",
      "? ",
      "*a ",
      "&a ",
      "a: [\n",
      "{a: ",
      '"a" ',
    ];
    for (const often of pieces) {
      const { config, problems } = parseBalances(often.repeat(20_000), "fuzz.yaml");
      expect([often, config, problems.length > 0]).toEqual([often, null, true]);
    }
  });
});
