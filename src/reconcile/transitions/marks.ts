// What a successor says of itself, as nothing is remembered outside the API: whether the usage of the rows before it
// has been counted on it. A row that resets says it in the milliseconds of its next reset, one that does not in the
// last digits of its grant. The one update that counts the usage takes the mark off.
import { sameAmount } from "../amounts.ts";
import type { Row } from "../row.ts";

/**
 * What a mark stands for.
 * - `all`: nothing has been counted yet.
 * - `returned`: of a row that was used up and came back with its reset, nothing has been counted.
 * - `rest`: an older version of this tool has counted a part; the rest is still to be counted.
 * - `adopted`: of a row that the entry has come to take over when it had one already, nothing has been counted.
 */
export type Mark = "all" | "returned" | "rest" | "adopted";

/**
 * Milliseconds of the next reset. A row is made with `all`; `rest` is what older versions left half-way. What has come
 * back is told by the codes of cycles.
 */
const RESET_MARKS = { all: 613, rest: 614, adopted: 615 } as const;
/** The last three digits of a grant, each twice: a grant that is declared with one of them gets the other. */
const GRANT_MARKS: Readonly<Record<Mark, readonly [number, number]>> = {
  all: [613, 616],
  returned: [614, 617],
  rest: [615, 618],
  adopted: [619, 620],
};
/** Up to this, a grant has room for six decimals; beyond it, marks stand in its last three whole digits. */
const SMALL = 1e9;

const millisecondsOf = (ms: number): number => ((ms % 1000) + 1000) % 1000;
export const secondOf = (ms: number): number => Math.floor(ms / 1000);

/** The moment of the same second that is marked. Another second might be another day, and another cycle. */
export const markedReset = (ms: number, mark: keyof typeof RESET_MARKS = "all"): number =>
  secondOf(ms) * 1000 + RESET_MARKS[mark];

/** A moment as it is, or one beside it when its milliseconds happen to be a mark. */
export function unmarkedReset(ms: number): number {
  return markOfReset(ms) === null ? ms : secondOf(ms) * 1000 + 612;
}

function markOfReset(ms: number): Mark | null {
  const found = Object.entries(RESET_MARKS).find(([, one]) => one === millisecondsOf(ms));
  return found ? (found[0] as Mark) : null;
}

/** Codes of cycles; a prime, so that equal steps of resets come to the same code as late as can be. */
const CODES = 599;

/**
 * The moment of the same second that says: counted up to these cycles. It stops being true when one of them ends.
 * @param of the next resets of the rows that were used up, in ms since 1970
 */
export function settledReset(ms: number, of: readonly number[]): number {
  const seconds = [...new Set(of.map(secondOf))];
  return secondOf(ms) * 1000 + 1 + (seconds.reduce((sum, one) => sum + one, 0) % CODES);
}

/** Whether a next reset says that up to these cycles all has been counted. */
export const isSettledFor = (ms: number, of: readonly number[]): boolean => settledReset(ms, of) === ms;

/** Whether a next reset may say something of cycles: others are so by chance. */
export const saysCycles = (ms: number): boolean => millisecondsOf(ms) >= 1 && millisecondsOf(ms) <= CODES;

/**
 * The amount just below `amount`, and above 0, that is marked: no more can be used of it than of the amount.
 * @param declared the grant that is to stay when the mark is taken off
 */
export function markedGrant(amount: number, mark: Mark, declared: number): number {
  const [first, second] = GRANT_MARKS[mark];
  const digits = lastDigits(declared) === first ? second : first;
  const whole = Math.floor((amount - digits) / 1000) * 1000 + digits;
  if (whole >= SMALL) return whole;
  const thousandths = Math.max(0, Math.floor(Math.min(amount, SMALL - 1) * 1000 + 1e-6) - 1);
  // Added as decimal text, so that no binary noise comes in.
  return Number(`${(thousandths / 1000).toFixed(3)}${digits}`);
}

function markOfGrant(grant: number): Mark | null {
  const digits = lastDigits(grant);
  const found = Object.entries(GRANT_MARKS).find(([, both]) => both.includes(digits));
  return found ? (found[0] as Mark) : null;
}

const lastDigits = (amount: number): number =>
  amount < SMALL ? Math.round((amount % 1) * 1e6) % 1000 : amount % 1000;

/** What the row says is still to be counted on it. Rows that cannot be counted on say nothing. */
export function markOf({ boolean, unlimited, resetsAt, grant, creationGrant }: Row): Mark | null {
  if (boolean || unlimited) return null;
  if (resetsAt !== null) return markOfReset(resetsAt);
  const mark = markOfGrant(grant);
  // A grant is made with this mark; the others are put on later.
  const isMade = creationGrant === undefined || sameAmount(grant, creationGrant);
  return mark === "all" && !isMade ? null : mark;
}
