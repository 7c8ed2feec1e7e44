// Terraform's numbers are decimal, to 512 bits. A double is not: 0.1 of a configuration must go back as 0.1 and not
// as 0.1000000000000000055, or Terraform says that the provider planned something else than was configured.

/**
 * A number, exactly:
 * - `number`: the decimal that JavaScript shows for it (`0.1` means one tenth); integers up to 2^53 - 1.
 * - `bigint`: integers beyond.
 * - `ExactDecimal`: everything else, such as a third to 512 bits, or a double that another provider made.
 */
export type CtyNumber = number | bigint | ExactDecimal;

/** A decimal number that no `number` shows exactly. */
export class ExactDecimal {
  /** @param text decimal digits, with sign, point and exponent as needed */
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }

  /** The nearest double. */
  toNumber(): number {
    return Number(this.text);
  }
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/;
/** More digits than the largest double has. Beyond, an integer stays text rather than filling the memory. */
const MOST_DIGITS = 400;

/** The one spelling of a decimal: sign, digits without zeros around them, and exponent. */
function canonical(text: string): { sign: string; digits: string; exponent: number } {
  const [, sign, whole = "", fraction = "", exponent = "0"] = DECIMAL.exec(text) ?? [];
  const all = whole + fraction;
  if (all === "") throw new TypeError(`not a number: ${JSON.stringify(text.slice(0, 100))}`);
  let start = 0;
  while (all[start] === "0") start++;
  let end = all.length;
  while (end > start && all[end - 1] === "0") end--;
  const significant = all.slice(start, end);
  if (significant === "") return { sign: "", digits: "0", exponent: 0 };
  const shift = Number(exponent) - fraction.length + (all.length - end);
  return { sign: sign === "-" ? "-" : "", digits: significant, exponent: shift };
}

function spelling(text: string): string {
  const { sign, digits, exponent } = canonical(text);
  return `${sign}${digits}e${exponent}`;
}

/** The number that a decimal text means. Throws a TypeError when it is none. */
export function numberFromDecimal(text: string): CtyNumber {
  const { sign, digits, exponent } = canonical(text);
  if (exponent >= 0 && digits.length + exponent <= MOST_DIGITS) {
    const integer = BigInt(`${sign}${digits}${"0".repeat(exponent)}`);
    return isSafe(integer) ? Number(integer) : integer;
  }
  const double = Number(text);
  const shownExactly = Number.isFinite(double) && spelling(String(double)) === `${sign}${digits}e${exponent}`;
  return shownExactly ? double : new ExactDecimal(text);
}

const isSafe = (integer: bigint): boolean =>
  integer >= BigInt(Number.MIN_SAFE_INTEGER) && integer <= BigInt(Number.MAX_SAFE_INTEGER);

/** The number that a double is, to its last digit. Throws a TypeError for NaN. */
export function numberFromDouble(double: number): CtyNumber {
  if (Number.isNaN(double)) throw new TypeError("NaN is not a number");
  if (Number.isSafeInteger(double)) return double === 0 ? 0 : double;
  if (!Number.isFinite(double)) return double;
  if (Number.isInteger(double)) return BigInt(double);
  const exact = digitsOfFraction(double);
  return spelling(exact) === spelling(String(double)) ? double : new ExactDecimal(exact);
}

/** A double is mantissa × 2^-shift, which is mantissa × 5^shift × 10^-shift. */
function digitsOfFraction(double: number): string {
  let mantissa = Math.abs(double);
  let shift = 0;
  for (; !Number.isInteger(mantissa); shift++) mantissa *= 2;
  return `${double < 0 ? "-" : ""}${BigInt(mantissa) * 5n ** BigInt(shift)}e-${shift}`;
}

/** What msgpack carries for a number: integers of 64 bits and exact doubles as they are, all else as text. */
export function numberToWire(value: CtyNumber): number | bigint | string {
  if (value instanceof ExactDecimal) {
    const double = value.toNumber();
    // Terraform reads long decimals with a rounding error of its own, beyond what a double shows.
    return Number.isFinite(double) && sameNumber(numberFromDouble(double), value) ? double : value.text;
  }
  if (typeof value === "bigint") return BigInt.asIntN(64, value) === value ? value : String(value);
  if (Number.isNaN(value)) throw new TypeError("NaN is not a number");
  if (Number.isSafeInteger(value)) return Math.abs(value) > 0x7fffffff ? BigInt(value) : value;
  return Number.isFinite(value) ? String(value) : value;
}

/** Whether two numbers are the same, whatever form each has. */
export function sameNumber(one: CtyNumber, other: CtyNumber): boolean {
  if (one === other) return true;
  if (one === Number.POSITIVE_INFINITY || one === Number.NEGATIVE_INFINITY) return false;
  if (other === Number.POSITIVE_INFINITY || other === Number.NEGATIVE_INFINITY) return false;
  return spelling(String(one)) === spelling(String(other));
}
