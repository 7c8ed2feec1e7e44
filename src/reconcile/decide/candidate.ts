// Makes an entry from a row, or says why there can be none. Pure.
import type { WireFeature } from "../../autumn/index.ts";
import { entryProblems } from "../../config/index.ts";
import { type BalanceEntry, type DesiredBalance, desiredBalance, msToInstant } from "../../schema/index.ts";
import { parseRemoteId } from "../remote-id.ts";
import { nameOf, type Row, stateOf } from "../row.ts";
import { markOf } from "../transitions/marks.ts";
import type { Generation } from "../transitions/match.ts";
import { newestOf } from "../transitions/succession.ts";
import { entryOfRow, keyFor } from "./entry-of-row.ts";
import { checkFeatures } from "./feature-problems.ts";

/** A row that no entry is proposed for. `code` is stable; `text` is for people. */
export interface LeftOut {
  readonly row: Row;
  readonly code: string;
  readonly text: string;
}

export interface Candidate {
  readonly entry: BalanceEntry;
  readonly desired: DesiredBalance;
  /** The row that the entry declares. */
  readonly row: Row;
  /** All rows that the entry covers: every generation of the balance. */
  readonly rows: readonly Row[];
}

export interface CandidateContext {
  readonly namespace: string;
  readonly features: ReadonlyMap<string, WireFeature>;
  /** ms since 1970. */
  readonly now: number;
  /** Other namespaces whose rows are taken over. */
  readonly adoptNamespaces: ReadonlySet<string>;
  /** Whether a text holds a secret, which may not be written to a file. */
  readonly isSecret: (text: string) => boolean;
}

/** A balance_id that begins like one with a namespace. */
const WITH_NAMESPACE = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63}):./su;

/** A key that is always valid. */
const ANY_KEY = "any";

/** @param rows the generations of a balance of the namespace, the row that stands for it first */
export function ownCandidate(
  key: string,
  rows: readonly [Row, ...Row[]],
  context: CandidateContext,
): Candidate | readonly LeftOut[] {
  const [row] = rows;
  const reason =
    whyTwice(rows.filter(({ balanceId }) => balanceId === row.balanceId)) ??
    whyNot(row, context) ??
    whyNotEntry(entryOfRow(row, key, null), context);
  return reason === undefined
    ? candidate(entryOfRow(row, key, null), row, rows)
    : rows.map((one) => ({ row: one, ...reason }));
}

/**
 * @param rows rows of one name that are not of the namespace: one, or several that a lost race has made
 * @param taken the keys of the customer's entries; that of the candidate is added
 * @param generations all rows of the same balance, if it is of another namespace that is taken over
 */
export function foreignCandidate(
  rows: readonly [Row, ...Row[]],
  taken: Set<string>,
  context: CandidateContext,
  generations: readonly Generation[] = [],
): Candidate | readonly LeftOut[] {
  const [row] = rows;
  const name = row.balanceId ?? row.internalId;
  const given = givenName(row.balanceId, context);
  const reason =
    name === null
      ? { code: "no-id", text: "no read shows an id by which it could be adopted" }
      : (whyTwice(rows) ?? given.reason ?? whyNot(row, context) ?? whyReplaced(row, generations, context));
  // Tried with a key that is valid: if no entry can have the row's ids, no key would ever be free.
  const never = reason ?? whyNotEntry(entryOfRow(row, ANY_KEY, name), context);
  if (never !== undefined) return rows.map((one) => ({ row: one, ...never }));
  const isFree = (key: string): boolean => !taken.has(key) && isKey(key) && !context.isSecret(key);
  const key = keyFor(row, given.name, isFree);
  const entry = entryOfRow(row, key, name);
  const wrong = whyNotEntry(entry, context);
  if (wrong !== undefined) return rows.map((one) => ({ row: one, ...wrong }));
  taken.add(key);
  return candidate(entry, row, [row]);
}

const candidate = (entry: BalanceEntry, row: Row, rows: readonly Row[]): Candidate => ({
  entry,
  desired: desiredBalance(entry),
  row,
  rows,
});

interface Why {
  readonly code: string;
  readonly text: string;
}

/** Of several rows with one id, in whatever state, nobody could tell which one the entry means. */
const whyTwice = (rows: readonly Row[]): Why | undefined =>
  rows.length < 2
    ? undefined
    : { code: "duplicate", text: `${rows.length} balances of the customer have this balance_id` };

/** Of several generations only the newest stands for the balance, once all that was used is counted on it. */
function whyReplaced(
  row: Row,
  generations: readonly Generation[],
  { now }: CandidateContext,
): Why | undefined {
  if (generations.length === 0) return undefined;
  const newest = newestOf(generations);
  const isOpen = generations.some(({ row: one, generation }) =>
    newest.includes(one)
      ? // The next reset of a row that has replaced none may look marked by chance.
        (generation > 1 || one.resetsAt === null) && markOf(one) !== null
      : stateOf(one, now) === "live",
  );
  if (isOpen) {
    const text = "its replacement was not finished: apply the file of its namespace first";
    return { code: "interrupted", text };
  }
  if (newest.includes(row)) return undefined;
  const text = `${nameOf(newest[0] as Row)} has replaced it; it is used up, and once its reset brings it back, an apply of the file of its namespace ends it`;
  return { code: "replaced", text };
}

/** The name of another's row, without the namespace it may have; or the reason why it is not ours to take. */
function givenName(
  balanceId: string | null,
  { adoptNamespaces }: CandidateContext,
): { name: string | null; reason?: Why } {
  const namespace = balanceId === null ? undefined : WITH_NAMESPACE.exec(balanceId)?.[1];
  if (namespace === undefined) return { name: balanceId };
  if (adoptNamespaces.has(namespace)) return { name: parseRemoteId(namespace, balanceId)?.key ?? null };
  // Two files that own one balance would grant it twice: one replaces it, and the other finds it missing.
  const text = `its id looks like one of the namespace ${namespace}, whose file would grant it again; --adopt-namespace takes it over`;
  return { name: null, reason: { code: "other-namespace", text } };
}

/** Why no entry can declare the row. */
function whyNot(row: Row, { now, isSecret }: CandidateContext): Why | undefined {
  if (row.planId !== null) return { code: "of-a-plan", text: `it comes from the plan ${row.planId}` };
  if (row.paid) return { code: "paid", text: "it was bought, and is nobody's to grant or take back" };
  if (row.flaw !== null) return { code: "flawed", text: row.flaw };
  const state = stateOf(row, now);
  if (state === "expired") return { code: "ended", text: `it has ended${on(row.expiresAt)}` };
  if (state === "drained" && row.resetsAt === null) {
    return row.grant === 0
      ? { code: "empty", text: "it grants nothing" }
      : { code: "used-up", text: "it is used up, and never resets" };
  }
  if (row.reset === null && row.resetsAt !== null) {
    return { code: "unknown-cycle", text: "it resets in a cycle that no entry can have" };
  }
  if (row.entityId === undefined && row.entityRef !== null) {
    return { code: "unknown-entity", text: "no read shows the name of the entity that holds it" };
  }
  const texts = [row.customerId, row.featureId, row.entityId ?? "", nameOf(row)];
  if (texts.some(isSecret)) return { code: "secret", text: "one of its ids holds a secret key" };
  return undefined;
}

/** Why the schema or the feature does not allow the entry. */
function whyNotEntry(entry: BalanceEntry, { features }: CandidateContext): Why | undefined {
  const [wrong] = entryProblems(entry);
  const problem = wrong ?? checkFeatures([desiredBalance(entry)], features)[0];
  return problem && { code: problem.code, text: problem.message };
}

/** Whether a text may be the `id` of an entry. */
const isKey = (text: string): boolean =>
  !entryProblems({ customer_id: "c", feature_id: "f", id: text }).some(({ pointer }) => pointer === "/id");

const on = (ms: number | null): string =>
  ms !== null && Math.abs(ms) <= 8.64e15 ? ` on ${msToInstant(ms)}` : "";
