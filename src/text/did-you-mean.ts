// Finds the word that was probably meant.

/** The number of edits between two words; swapping two neighbours is one edit. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}

/** `customerId`, `Customer-ID` and `customer id` → `customer_id`. */
const snakeCase = (word: string): string =>
  word
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[\s-]+/g, "_")
    .toLowerCase();

/**
 * The one of `known` that `word` was probably meant to be: the same word spelled otherwise, one for which people use it
 * (`synonyms`), or the closest one within a third of its length in edits.
 */
export function didYouMean(
  word: string,
  known: readonly string[],
  synonyms: Readonly<Record<string, string>> = {},
): string | undefined {
  // A word that long is no typo, and would take time to compare.
  if (word.length > 40) return undefined;
  const spelled = snakeCase(word);
  const same = known.find((candidate) => candidate === spelled || snakeCase(candidate) === spelled);
  if (same !== undefined) return same;
  const synonym = Object.hasOwn(synonyms, spelled) ? synonyms[spelled] : undefined;
  if (synonym !== undefined && known.includes(synonym)) return synonym;
  let best: string | undefined;
  let fewest = Math.max(1, Math.floor(spelled.length / 3)) + 1;
  for (const candidate of known) {
    // Compared in the same case, as ids may have capitals: `Exprots` means `Exports`.
    const edits = editDistance(spelled, snakeCase(candidate));
    // Words of two letters are one edit away from too many others.
    if (edits < fewest && edits < candidate.length - 1) [best, fewest] = [candidate, edits];
  }
  return best;
}
