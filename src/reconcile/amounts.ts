// Arithmetic on amounts. Autumn computes in decimals; doubles rounded to 15 significant digits give the same
// answers for every amount that can be written down.

/** Drops the noise of binary fractions: 0.1 + 0.2 is 0.3. */
export function exact(amount: number): number {
  return Number(amount.toPrecision(15));
}
