import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ExactDecimal,
  numberFromDecimal,
  numberFromDouble,
  numberToWire,
  sameNumber,
} from "../../../src/provider/protocol/values/number.ts";

describe("a decimal text", () => {
  it.each([
    ["0.1", 0.1],
    ["0.10", 0.1],
    ["1e3", 1000],
    ["1E-1", 0.1],
    ["+5", 5],
    [".5", 0.5],
    ["5.", 5],
    ["-0", 0],
    ["000", 0],
    ["0e99", 0],
    ["9007199254740991", 9007199254740991],
    ["-9007199254740991", -9007199254740991],
    ["9007199254740992", 9007199254740992n],
    ["9007199254740993", 9007199254740993n],
    ["1e21", 10n ** 21n],
    ["123456789012345678901234567890", 123456789012345678901234567890n],
    ["1e-7", 1e-7],
  ])("%s is %s", (text, expected) => {
    expect(numberFromDecimal(text)).toBe(expected);
  });

  it("with more digits than a double shows stays as it is", () => {
    const third = `0.${"3".repeat(155)}`;
    expect(numberFromDecimal(third)).toEqual(new ExactDecimal(third));
    expect(numberToWire(numberFromDecimal(third))).toBe(third);
    expect(numberFromDecimal("1e999999")).toEqual(new ExactDecimal("1e999999"));
    expect(numberFromDecimal("0.1234567890123456789")).toBeInstanceOf(ExactDecimal);
  });

  it.each(["", ".", "-", "e5", "1e", "abc", "1,5", "0x10", "1e9999999", "NaN", " 1", "1_000"])(
    "%j is no number",
    (text) => {
      expect(() => numberFromDecimal(text)).toThrow(TypeError);
    },
  );
});

describe("a double", () => {
  it("that is a short decimal is a number", () => {
    expect(numberFromDouble(0.5)).toBe(0.5);
    expect(numberFromDouble(-2.25)).toBe(-2.25);
    expect(numberFromDouble(-0)).toBe(0);
    expect(numberFromDouble(2 ** 53)).toBe(2n ** 53n);
    expect(numberFromDouble(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(() => numberFromDouble(Number.NaN)).toThrow(TypeError);
  });

  it("that only looks like a short decimal keeps all its digits, and goes back as the same double", () => {
    const tenth = numberFromDouble(0.1) as ExactDecimal;
    expect(
      sameNumber(tenth, numberFromDecimal("0.1000000000000000055511151231257827021181583404541015625")),
    ).toBe(true);
    expect(sameNumber(tenth, 0.1)).toBe(false);
    expect(tenth.toNumber()).toBe(0.1);
    expect(numberToWire(tenth)).toBe(0.1);
  });

  it("goes back as the same double, whichever it is", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
        const wire = numberToWire(numberFromDouble(double));
        expect(Number(wire)).toBe(double === 0 ? 0 : double);
        if (typeof wire === "string")
          expect(sameNumber(numberFromDouble(double), numberFromDecimal(wire))).toBe(true);
      }),
    );
  });
});

describe("on the wire", () => {
  it.each([
    [1, 1],
    [-1, -1],
    [2 ** 40, 2n ** 40n],
    [-(2 ** 40), -(2n ** 40n)],
    [2n ** 63n - 1n, 2n ** 63n - 1n],
    [-(2n ** 63n), -(2n ** 63n)],
    [2n ** 63n, "9223372036854775808"],
    [0.1, "0.1"],
    [1e300, "1e+300"],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ])("%s is %s", (value, expected) => {
    expect(numberToWire(value)).toBe(expected);
  });

  it("NaN can't be said", () => {
    expect(() => numberToWire(Number.NaN)).toThrow(TypeError);
  });

  it("any decimal text comes back as the same number", () => {
    const decimal = fc
      .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 40n }), fc.integer({ min: -60, max: 60 }))
      .map(([negative, digits, exponent]) => `${negative ? "-" : ""}${digits}e${exponent}`);
    fc.assert(
      fc.property(decimal, (text) => {
        const wire = numberToWire(numberFromDecimal(text));
        expect(sameNumber(numberFromDecimal(String(wire)), new ExactDecimal(text))).toBe(true);
      }),
    );
  });
});

it("numbers are the same by what they mean", () => {
  expect(sameNumber(1, 1n)).toBe(true);
  expect(sameNumber(0.1, new ExactDecimal("0.100"))).toBe(true);
  expect(sameNumber(10n ** 21n, 1e21)).toBe(true);
  expect(sameNumber(1, 2)).toBe(false);
  expect(sameNumber(-1, 1)).toBe(false);
  expect(sameNumber(Number.POSITIVE_INFINITY, 1)).toBe(false);
  expect(sameNumber(1, Number.NEGATIVE_INFINITY)).toBe(false);
});
