// Medians of alternating runs: what disturbs one side of a comparison disturbs the other as well.

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Median milliseconds of each piece of work, run in turns; the first round only warms up. */
export async function compare<K extends string>(
  rounds: number,
  works: Record<K, () => unknown>,
): Promise<Record<K, number>> {
  const names = Object.keys(works) as K[];
  const times = new Map<K, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      globalThis.gc?.();
      const start = performance.now();
      await works[name]();
      if (round > 0) times.get(name)?.push(performance.now() - start);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<K, number>;
}

/** One line of the report: a ratio, what it is measured against, and the most it may be. */
export function report(
  what: string,
  measured: number,
  against: string,
  baseline: number,
  most: number,
): void {
  const ratio = measured / baseline;
  const verdict = ratio <= most ? "ok" : "TOO SLOW";
  console.log(
    `${what}: ${measured.toFixed(1)} ms, ${ratio.toFixed(2)} times ${against} (${baseline.toFixed(1)} ms); at most ${most}: ${verdict}`,
  );
}
