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
  /** How many events and balances are shown; all when left out. */
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
    ...(isMoment ? [] : [monthLines(forecast, paint), eventLines(forecast, most, paint)]),
    holdingLines(forecast, most, paint),
    [USAGE_UNKNOWN, CYCLES_ASSUMED, ...over],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function monthLines(forecast: Forecast, paint: Palette): string[] {
  const { months, features } = monthTable(forecast);
  if (features.length === 0) return [];
  const cells = features.flatMap((one) => one.units.map((n) => units(n).length));
  const width = Math.max(7, ...cells);
  const names = features.map(({ featureId }) => textPen.id(featureId));
  const first = Math.min(40, Math.max(...names.map((name) => Array.from(name).length)));
  const line = (name: string, values: readonly string[]): string =>
    `  ${name}${" ".repeat(Math.max(0, first - Array.from(name).length))}${values.map((value) => `  ${value.padStart(width)}`).join("")}`;
  return [
    "Units granted by month",
    paint.dim(line("", months)),
    ...features.map((one, index) => line(names[index] ?? "", one.units.map(units))),
  ];
}

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
