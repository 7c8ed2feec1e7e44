// The order in which the rows of a feature are used, as observed on the server. Pure.
import type { Interval } from "../../schema/index.ts";
import { type Row, stateOf } from "../row.ts";

/** What a row does not tell by itself. */
export interface UseOrder {
  /** ms since 1970, by the server's clock. */
  readonly now: number;
  /** The rows of a public read, which are in the order of use: they decide between rows that are otherwise equal. */
  readonly shown: readonly Row[];
}

/**
 * The rows that usage of the customer is taken from, in that order. An unlimited row takes everything. Rows of entities
 * come last; usage of an entity is taken from its own rows first.
 * @param rows of one feature
 */
export function inUseOrder(rows: readonly Row[], { now, shown }: UseOrder): Row[] {
  const usable = rows.filter((row) => !row.boolean && stateOf(row, now) === "live");
  const endless = usable.find(({ unlimited }) => unlimited);
  if (endless !== undefined) return [endless];
  const rank = new Map(shown.map((row, index) => [row.balanceId ?? row.internalId, index]));
  const rankOf = (row: Row): number | undefined => rank.get(row.balanceId ?? row.internalId);
  return usable
    .filter(({ remaining, rolledOver }) => remaining > 0 || rolledOver > 0)
    .sort(
      (a, b) =>
        Number(isOfEntity(a)) - Number(isOfEntity(b)) ||
        Number(a.resetsAt === null) - Number(b.resetsAt === null) ||
        cycleLength(a) - cycleLength(b) ||
        compare(a.expiresAt ?? Number.POSITIVE_INFINITY, b.expiresAt ?? Number.POSITIVE_INFINITY) ||
        compare(rankOf(a) ?? 0, rankOf(b) ?? 0) ||
        (a.createdAt ?? 0) - (b.createdAt ?? 0),
    );
}

const isOfEntity = (row: Row): boolean => row.entityRef !== null;

/** Lengths of intervals as the server compares them: three months equal a quarter, two half-years are below a year. */
const NOMINAL_DAYS: Readonly<Record<Interval, number>> = {
  minute: 1 / 1440,
  hour: 1 / 24,
  day: 1,
  week: 7,
  month: 30,
  quarter: 90,
  semi_annual: 180,
  year: 365,
};

const cycleLength = ({ reset }: Row): number =>
  reset === null ? Number.MAX_VALUE : NOMINAL_DAYS[reset.interval] * reset.intervalCount;

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
