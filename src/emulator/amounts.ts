// Arithmetic on amounts. The real server computes in decimals; doubles rounded to 15 significant digits
// give the same answers for every amount that can be written down.

/** Drops the noise of binary fractions: 0.1 + 0.2 is 0.3. */
export function exact(amount: number): number {
  return Number.isFinite(amount) ? Number(amount.toPrecision(15)) : amount;
}

/** The sum of amounts, without the noise of binary fractions. */
export function sum(amounts: Iterable<number>): number {
  let total = 0;
  for (const amount of amounts) total += amount;
  return exact(total);
}
