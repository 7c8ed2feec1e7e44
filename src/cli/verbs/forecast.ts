// `autumn-balances forecast`: what customers will have according to the files. Makes no call.
import {
  EXIT,
  type ExitCode,
  type ForecastOptions,
  SHOWN_CHANGES,
  type Terminal,
  untilInterrupted,
} from "../../app/index.ts";
import { systemClock } from "../../autumn/index.ts";
import { loadConfig } from "../../config/index.ts";
import { jsonText } from "../../document/index.ts";
import { forecast } from "../../forecast/index.ts";
import {
  type ForecastReport,
  forecastCalendar,
  forecastCsv,
  forecastHtml,
  forecastJson,
  forecastText,
} from "../../report/index.ts";
import { LATEST_MS, msToInstant, ProblemsError } from "../../schema/index.ts";

export async function runForecast(
  paths: readonly string[],
  options: ForecastOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  terminal.print(written(await forecastReport(paths, options), options, terminal));
  return EXIT.ok;
}

/** What the files declare up to a moment. Makes no call. */
export async function forecastReport(
  paths: readonly string[],
  options: Pick<ForecastOptions, "from" | "at" | "until">,
): Promise<ForecastReport> {
  const config = await untilInterrupted(() => loadConfig(paths));
  const from = options.from ?? systemClock.now();
  const end = options.at ?? options.until;
  const until = "at" in end ? end.at : from + end.after;
  if (until < from || until > LATEST_MS) throw wrongEnd(from, until);
  const made = forecast(config.balances, from, until);
  return { namespace: config.namespace, forecast: made, isMoment: options.at !== undefined };
}

function written(report: ForecastReport, { full }: ForecastOptions, terminal: Terminal): string {
  switch (terminal.format) {
    case "json":
      return jsonText(forecastJson(report));
    case "csv":
      return forecastCsv(report);
    case "ics":
      return forecastCalendar(report);
    case "html":
      return forecastHtml(report);
    default: {
      const most = full === true ? {} : { most: SHOWN_CHANGES };
      return forecastText(report, { colours: terminal.colours(process.stdout), ...most });
    }
  }
}

function wrongEnd(from: number, until: number): ProblemsError {
  const message =
    until < from
      ? `the forecast would end at ${msToInstant(until)}, before it begins at ${msToInstant(from)}`
      : "the forecast would end after the year 9999";
  return new ProblemsError([{ code: "bad-span", message, hint: "check --until, --at and --from" }]);
}
