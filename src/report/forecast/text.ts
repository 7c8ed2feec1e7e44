// What customers will have, for people at a terminal.
import type { Forecast } from "../../forecast/index.ts";
import { balanceName } from "../change-words.ts";
import { toSecond } from "../history/words.ts";
import { type Palette, palette } from "../text/palette.ts";
import { textPen } from "../text/pen.ts";
import { count, units } from "../words.ts";
import {
  CYCLES_ASSUMED,
  eventText,
  type ForecastReport,
  headline,
  holdingText,
  monthTable,
  span,
  USAGE_UNKNOWN,
} from "./words.ts";

export interface ForecastTextOptions {
  readonly colours?: boolean;
  /** How many months, events and balances are shown; all when left out. */
  readonly most?: number;
}

/** Ends with a line break. */
export function forecastText(report: ForecastReport, options: ForecastTextOptions = {}): string {
  const paint = palette(options.colours ?? false);
  const { most = Number.POSITIVE_INFINITY } = options;
  const { forecast, namespace, isMoment } = report;
  const over = forecast.over === 0 ? [] : [`${count(forecast.over, "entry", "entries")} over before that.`];
  const sections = [
    [paint.bold(headline(report)), paint.dim(`namespace ${textPen.id(namespace)}, ${span(report)}`)],
    ...(isMoment ? [] : [monthLines(forecast, most, paint), eventLines(forecast, most, paint)]),
    holdingLines(forecast, most, paint),
    [USAGE_UNKNOWN, CYCLES_ASSUMED, ...over],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function monthLines(forecast: Forecast, most: number, paint: Palette): string[] {
  const { months, features } = monthTable(forecast);
  if (features.length === 0) return [];
  const shown = months.slice(0, most);
  const amounts = features.map((one) => one.units.slice(0, most).map(units));
  const width = longest(amounts.flat(), 7);
  const names = features.map(({ featureId }) => textPen.id(featureId));
  const first = Math.min(40, longest(names, 0));
  const line = (name: string, values: readonly string[]): string =>
    `  ${name}${" ".repeat(Math.max(0, first - Array.from(name).length))}${values.map((value) => `  ${value.padStart(width)}`).join("")}`;
  return [
    "Units granted by month",
    paint.dim(line("", shown)),
    ...amounts.map((ofFeature, index) => line(names[index] ?? "", ofFeature)),
    ...(months.length > shown.length
      ? [`  … and ${units(months.length - shown.length)} more months: --full shows all of them`]
      : []),
  ];
}

/** How many characters the longest has, and at least so many. There can be more texts than a call takes arguments. */
const longest = (texts: readonly string[], least: number): number =>
  texts.reduce((most, text) => Math.max(most, Array.from(text).length), least);

function eventLines({ events }: Forecast, most: number, paint: Palette): string[] {
  if (events.length === 0) return [];
  const shown = events.slice(0, most);
  return [
    "What happens",
    ...shown.map(
      (event) =>
        `  ${paint.dim(toSecond(event.at))}  ${textPen.id(event.entry.customerId)}: ${paint.bold(balanceName(event.entry, textPen))}  ${eventText(event)}`,
    ),
    ...(events.length > shown.length
      ? [`  … and ${units(events.length - shown.length)} more: --full shows all of them`]
      : []),
  ];
}

function holdingLines({ holdings, until }: Forecast, most: number, paint: Palette): string[] {
  if (holdings.length === 0) return [];
  const shown = holdings.slice(0, most);
  return [
    `What there is at ${toSecond(until)}`,
    ...shown.map(
      (holding) =>
        `  ${textPen.id(holding.entry.customerId)}: ${paint.bold(balanceName(holding.entry, textPen))}  ${holdingText(holding)}`,
    ),
    ...(holdings.length > shown.length
      ? [`  … and ${units(holdings.length - shown.length)} more: --full shows all of them`]
      : []),
  ];
}
