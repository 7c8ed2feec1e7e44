// Arithmetic on amounts in units, and their display form. Autumn computes in decimals, so a sum is rounded to the
// decimals of its terms.

/** Differences up to this are floating-point noise. */
const NOISE = 1e-9;
/** Significant digits that the server keeps of an amount. */
const DIGITS = 15;

/** Whether two amounts are equal at the server's precision: 33,333,333.333333332 equals 33,333,333.3333333. */
export const sameAmount = (a: number | null, b: number | null): boolean =>
  a === b ||
  (a !== null && b !== null && (Math.abs(a - b) <= NOISE || a.toPrecision(DIGITS) === b.toPrecision(DIGITS)));

/** Whether `a` is more than `b`, by more than noise. */
export const isMore = (a: number, b: number): boolean => a > b && !sameAmount(a, b);

/** The sum, with as many decimals as its terms have: 0.1 + 0.2 is 0.3, and 16.1 − 16 is 0.1. */
export function plus(a: number, b: number): number {
  const sum = a + b;
  if (Number.isInteger(a) && Number.isInteger(b)) return sum;
  const decimals = Math.max(decimalsOf(a), decimalsOf(b));
  return decimals > 100 ? sum : Number(sum.toFixed(decimals));
}

export const minus = (a: number, b: number): number => plus(a, -b);

/**
 * An amount as it was meant, where the server has computed it in binary fractions: 0.100000000000001 is 0.1. Only where
 * six decimals are as good as exact, so that 33.3333333333333 keeps its digits.
 */
export function withoutNoise(amount: number): number {
  if (Number.isInteger(amount)) return amount;
  const short = Number(amount.toFixed(6));
  return Math.abs(amount - short) <= (NOISE / 10) * Math.min(1, Math.abs(amount)) ? short : amount;
}

/** Units used of a grant of which `remaining` are left. */
export const usedOf = (grant: number, remaining: number): number =>
  sameAmount(grant, remaining) ? 0 : keptUsage(grant, minus(grant, remaining));

/**
 * Usage of a grant without digits that are only rounding: of 33.3333333333333 (100 / 3), 0.100000000000037 used is 0.1.
 * 0 when the usage is below the server's precision.
 */
export function keptUsage(grant: number, usage: number): number {
  if (sameAmount(grant, grant - usage)) return 0;
  const largest = Math.max(Math.abs(grant), Math.abs(usage));
  const decimals = DIGITS - 1 - Math.floor(Math.log10(largest));
  return decimals > 100 ? usage : Number(usage.toFixed(Math.max(0, decimals)));
}

/**
 * One of `count` equal parts, rounded down to the decimals that the amount has: a third of 100 is 33, of 0.5 it is 0.1.
 */
export function partOf(amount: number, count: number): number {
  const scale = 10 ** Math.min(decimalsOf(amount), 15);
  return Math.floor(Math.round(amount * scale) / count) / scale;
}

function decimalsOf(amount: number): number {
  if (Number.isInteger(amount)) return 0;
  const [digits = "", exponent = "0"] = String(amount).split("e");
  return Math.max(0, (digits.split(".")[1]?.length ?? 0) - Number(exponent));
}

/** An amount with thousands separators: `50,250`, `0.5`. */
export function units(n: number): string {
  if (n >= 0 && Number.isSafeInteger(n)) {
    if (n < 1000) return String(n);
    return `${units(Math.floor(n / 1000))},${String(n % 1000).padStart(3, "0")}`;
  }
  const [whole = "", fraction] = String(n).split(".");
  // JavaScript writes amounts from 1e21 with an exponent, which is left as it is.
  if (!/^-?\d+$/.test(whole)) return String(n);
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
