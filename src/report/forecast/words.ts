// The words of a forecast that its formats share.
import type { Forecast, ForecastEvent, Holding } from "../../forecast/index.ts";
import { declared } from "../change-words.ts";
import { toSecond } from "../history/words.ts";
import { count, cycleOf, units } from "../words.ts";

export interface ForecastReport {
  readonly namespace: string;
  readonly forecast: Forecast;
  /** Whether only what there is at the end was asked for. */
  readonly isMoment: boolean;
}

export const USAGE_UNKNOWN =
  "Usage is not known here: this tells what is granted, not what will be left of it.";
export const CYCLES_ASSUMED =
  "Where no next_reset_at says when a cycle begins, it is taken to begin with the forecast.";

const ofKind = ({ events }: Forecast, kind: ForecastEvent["kind"]): number =>
  events.filter((event) => event.kind === kind).length;

/** `3 balances of 2 customers at the end; 5 resets, 1 end` */
export function headline({ forecast }: ForecastReport): string {
  const customers = new Set(forecast.holdings.map(({ entry }) => entry.customerId)).size;
  const happens = (["start", "reset", "end"] as const).flatMap((kind) => {
    const n = ofKind(forecast, kind);
    return n === 0 ? [] : [count(n, kind)];
  });
  const held = `${count(forecast.holdings.length, "balance")} of ${count(customers, "customer")} at ${toSecond(forecast.until)}`;
  return happens.length === 0 ? held : `${held}, after ${happens.join(", ")}`;
}

export const span = ({ forecast: { from, until } }: ForecastReport): string =>
  `from ${toSecond(from)} to ${toSecond(until)}`;

/** What is granted, without its dates: `50,000 a month`. */
export const granted = ({ entry }: Pick<Holding, "entry">): string =>
  entry.unlimited
    ? "unlimited"
    : entry.included === null
      ? "on"
      : `${units(entry.included)} ${cycleOf(entry.reset)}`;

/** `resets: 50,000 again`, `ends: 250 once`. */
export function eventText({ kind, entry, units: amount }: ForecastEvent): string {
  if (kind === "start") return `starts: ${declared({ ...entry, nextResetAt: null })}`;
  if (kind === "reset") return `resets: ${amount === null ? granted({ entry }) : `${units(amount)} again`}`;
  return `ends: ${granted({ entry })}`;
}

/** `50,000 a month since 2027-01-01T00:00:00Z, resets …, ends …` */
export function holdingText(holding: Holding): string {
  const { entry, grantedAt, nextResetAt } = holding;
  const parts = [`${granted(holding)} since ${toSecond(grantedAt)}`];
  if (nextResetAt !== null) parts.push(`resets ${toSecond(nextResetAt)}`);
  if (entry.expiresAt !== null) parts.push(`ends ${toSecond(entry.expiresAt)}`);
  return parts.join(", ");
}

/** Units by feature and month; every feature has every month. */
export function monthTable({ months }: Forecast): {
  readonly months: readonly string[];
  readonly features: readonly { readonly featureId: string; readonly units: readonly number[] }[];
} {
  const names = [...new Set(months.map(({ month }) => month))];
  const columnOf = new Map(names.map((name, index) => [name, index]));
  const byFeature = new Map<string, number[]>();
  for (const one of months) {
    const row = byFeature.get(one.featureId) ?? names.map(() => 0);
    row[columnOf.get(one.month) ?? 0] = one.units;
    byFeature.set(one.featureId, row);
  }
  const features = [...byFeature].sort(([a], [b]) => (a < b ? -1 : 1));
  return { months: names, features: features.map(([featureId, amounts]) => ({ featureId, units: amounts })) };
}
