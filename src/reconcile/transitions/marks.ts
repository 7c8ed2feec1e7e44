// Marks: nothing is stored outside the API, so a successor itself holds whether the usage of its predecessors has been
// counted on it. A row that resets holds it in the milliseconds of its next reset, any other in the last digits of its
// grant. The update that counts the usage removes the mark as well.
import { sameAmount } from "../amounts.ts";
import type { Row } from "../row.ts";

/**
 * What a mark stands for.
 * - `all`: nothing has been counted yet.
 * - `returned`: a drained row came back with its reset, and its usage since has not been counted.
 * - `rest`: an older version of this tool has counted a part; the rest is still to be counted.
 * - `adopted`: the entry adopts another row although it had one already, and that row's usage has not been counted.
 */
export type Mark = "all" | "returned" | "rest" | "adopted";

/**
 * Milliseconds of the next reset. Rows are created with `all`; `rest` is for what older versions left half-way. Rows
 * that have come back are told by the codes of cycles instead.
 */
const RESET_MARKS = { all: 613, rest: 614, adopted: 615 } as const;
/** The last three digits of a grant, two for each mark: where the declared grant ends in one, the other is used. */
const GRANT_MARKS: Readonly<Record<Mark, readonly [number, number]>> = {
  all: [613, 616],
  returned: [614, 617],
  rest: [615, 618],
  adopted: [619, 620],
};
/** Below this, a grant has room for six decimals; from it on, marks are its last three whole digits. */
const SMALL = 1e9;

const millisecondsOf = (ms: number): number => ((ms % 1000) + 1000) % 1000;
export const secondOf = (ms: number): number => Math.floor(ms / 1000);

/** The marked moment of the same second. Another second might be another day, and so another cycle. */
export const markedReset = (ms: number, mark: keyof typeof RESET_MARKS = "all"): number =>
  secondOf(ms) * 1000 + RESET_MARKS[mark];

/** The moment itself, or another of the same second when its milliseconds happen to be a mark. */
export function unmarkedReset(ms: number): number {
  return markOfReset(ms) === null ? ms : secondOf(ms) * 1000 + 612;
}

function markOfReset(ms: number): Mark | null {
  const found = Object.entries(RESET_MARKS).find(([, one]) => one === millisecondsOf(ms));
  return found ? (found[0] as Mark) : null;
}

/** How many codes of cycles there are. A prime, so that resets at equal distances repeat a code as late as possible. */
const CODES = 599;

/**
 * The moment of the same second whose milliseconds are the code for: everything up to these cycles has been counted. It
 * no longer fits once one of the cycles ends.
 * @param of the next resets of the drained rows, in ms since 1970
 */
export function settledReset(ms: number, of: readonly number[]): number {
  const seconds = [...new Set(of.map(secondOf))];
  return secondOf(ms) * 1000 + 1 + (seconds.reduce((sum, one) => sum + one, 0) % CODES);
}

/** Whether the milliseconds of a next reset are the code for these cycles. */
export const isSettledFor = (ms: number, of: readonly number[]): boolean => settledReset(ms, of) === ms;

/** Whether the milliseconds of a next reset can be a code of cycles; they can be one by chance. */
export const saysCycles = (ms: number): boolean => millisecondsOf(ms) >= 1 && millisecondsOf(ms) <= CODES;

/**
 * The marked amount just below `amount`, so that no more can be used of it; but always above 0.
 * @param declared the grant to be set when the mark is removed; the digits are chosen to differ from its own
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

/** The row's mark; `null` also for rows on which no usage can be counted. */
export function markOf({ boolean, unlimited, resetsAt, grant, creationGrant }: Row): Mark | null {
  if (boolean || unlimited) return null;
  if (resetsAt !== null) return markOfReset(resetsAt);
  const mark = markOfGrant(grant);
  // `all` is only put on at creation, the other marks only later: on a grant that was changed, `all` is chance.
  const isMade = creationGrant === undefined || sameAmount(grant, creationGrant);
  return mark === "all" && !isMade ? null : mark;
}
