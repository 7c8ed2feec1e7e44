// What customers will have by the files: calendar arithmetic, without a server and without usage. Pure.
import { minus, nextBoundary, plus, sameReset } from "../reconcile/index.ts";
import { type DesiredBalance, msToInstant, ProblemsError } from "../schema/index.ts";
import { compareText } from "../text/index.ts";
import { cyclesOf, type EntryCycles, periodsOf } from "./entry-cycles.ts";

/** - `start`: it, or its next phase, begins. - `reset`: it is granted again. - `end`: it, or its phase, is over. */
export type ForecastEventKind = "start" | "reset" | "end";

export interface ForecastEvent {
  /** ms since 1970. */
  readonly at: number;
  readonly kind: ForecastEventKind;
  readonly entry: DesiredBalance;
  /** Units that it grants; `null` for an end, and for unlimited and boolean entries. */
  readonly units: number | null;
}

/** What a customer has from an entry at the end of the forecast. */
export interface Holding {
  readonly entry: DesiredBalance;
  /** When it was last granted, in ms since 1970. */
  readonly grantedAt: number;
  /** ms since 1970. */
  readonly nextResetAt: number | null;
}

/** What is granted of a feature in one calendar month, in UTC. */
export interface MonthlyGrant {
  /** `2027-01` */
  readonly month: string;
  readonly featureId: string;
  readonly units: number;
}

export interface Forecast {
  /** ms since 1970. */
  readonly from: number;
  /** ms since 1970; events at this very moment are included. */
  readonly until: number;
  /** In the order of time. */
  readonly events: readonly ForecastEvent[];
  /** Ordered by customer and key. */
  readonly holdings: readonly Holding[];
  /** Ordered by month and feature. What exists at the start counts in the first month. */
  readonly months: readonly MonthlyGrant[];
  /** How many entries are over before the start. */
  readonly over: number;
}

/** The most events of a forecast: nobody reads more, and they would fill the memory. */
export const MOST_EVENTS = 200_000;

/**
 * The forecast for the entries of files.
 * @param from ms since 1970
 * @param until ms since 1970
 * @throws ProblemsError when there are more than `MOST_EVENTS` events
 */
export function forecast(balances: readonly DesiredBalance[], from: number, until: number): Forecast {
  const events: ForecastEvent[] = [];
  const holdings: Holding[] = [];
  const months = new Map<string, Map<string, number>>();
  let over = 0;
  const grant = ({ featureId }: DesiredBalance, at: number, units: number | null): void => {
    if (units === null) return;
    const month = msToInstant(at).slice(0, 7);
    const ofMonth = months.get(month) ?? new Map<string, number>();
    months.set(month, ofMonth.set(featureId, plus(ofMonth.get(featureId) ?? 0, units)));
  };
  const tell = (event: ForecastEvent): void => {
    if (events.length >= MOST_EVENTS) throw tooMany(event.entry);
    events.push(event);
  };
  /** @param before the period that it goes on from, if any */
  const tellPeriod = (cycles: EntryCycles, before: EntryCycles | undefined): void => {
    const { entry, startsAt, endsAt } = cycles;
    const units = entry.included;
    const added = before === undefined ? units : addedTo(before.entry, entry);
    grant(entry, startsAt, added);
    if (startsAt > from) tell({ at: startsAt, kind: "start", entry, units: added });
    let grantedAt = startsAt;
    for (const at of cycles.resets()) {
      if (at > until) break;
      grantedAt = at;
      grant(entry, at, units);
      tell({ at, kind: "reset", entry, units });
    }
    if (endsAt === null || endsAt > until)
      holdings.push({ entry, grantedAt, nextResetAt: nextResetAt(cycles, until) });
    else tell({ at: endsAt, kind: "end", entry, units: null });
  };
  for (const balance of balances) {
    const periods = periodsOf(balance);
    let before: EntryCycles | undefined;
    let ended = 0;
    for (const period of periods) {
      const cycles = cyclesOf(period, from, before);
      if (cycles === undefined) ended++;
      else if (cycles.startsAt <= until) tellPeriod(cycles, before);
      before = period.isFollowed ? cycles : undefined;
    }
    if (ended === periods.length) over++;
  }
  return {
    from,
    until,
    events: events.sort((a, b) => a.at - b.at || byName(a.entry, b.entry)),
    holdings: holdings.sort((a, b) => byName(a.entry, b.entry)),
    months: [...months]
      .sort(([a], [b]) => compareText(a, b))
      .flatMap(([month, units]) =>
        [...units]
          .sort(([a], [b]) => compareText(a, b))
          .map(([featureId, sum]) => ({ month, featureId, units: sum })),
      ),
    over,
  };
}

/** The first reset after a moment, in ms since 1970. A phase that ends before is followed by one that goes on. */
const nextResetAt = ({ entry: { reset }, firstResetAt }: EntryCycles, now: number): number | null =>
  reset === null || firstResetAt === null ? null : nextBoundary(firstResetAt, reset, now);

/** The units that a phase adds to the one before it: of the same cycle, what it grants more. */
function addedTo(before: DesiredBalance, { included, reset }: DesiredBalance): number | null {
  if (included === null || before.included === null || !sameReset(before.reset, reset)) return included;
  return Math.max(0, minus(included, before.included));
}

const byName = (a: DesiredBalance, b: DesiredBalance): number =>
  compareText(a.customerId, b.customerId) || compareText(a.key, b.key);

function tooMany({ place }: DesiredBalance): ProblemsError {
  const message = `more than ${MOST_EVENTS} resets and ends lie in that time`;
  const hint = "choose an earlier --until, or name fewer files: short cycles make many of them";
  return new ProblemsError([{ code: "too-many-events", message, hint, ...(place ? { place } : {}) }]);
}
