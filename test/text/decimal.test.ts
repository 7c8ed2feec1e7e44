import fc from "fast-check";
import { expect, it } from "vitest";
import { decimal } from "../../src/text/index.ts";

it.each([
  [1e-7, "0.0000001"],
  [-1.25e-9, "-0.00000000125"],
  [1e21, "1000000000000000000000"],
  [1.5e22, "15000000000000000000000"],
  [333.3333333333333, "333.3333333333333"],
  [0, "0"],
])("%d has all of its digits", (n, text) => {
  expect(decimal(n)).toBe(text);
});

it("writes every number as itself, without an exponent", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => {
      const text = decimal(n);
      expect(text).toMatch(/^-?\d+(\.\d+)?$/);
      expect(Number(text) + 0).toBe(n + 0);
    }),
  );
});
