// The options of `forecast`.
import { type Command, Option } from "commander";
import { moment, type When, when } from "./moments.ts";
import { outputOptions, SHOWN_CHANGES } from "./options.ts";
import { FORECAST_FORMATS, type OutputOptions } from "./terminal.ts";

export interface ForecastOptions extends OutputOptions {
  readonly until: When;
  readonly at?: When;
  /** ms since 1970. */
  readonly from?: number;
  readonly full?: boolean;
}

export function forecastOptions(command: Command): Command {
  command
    .optionsGroup("What is looked at:")
    .addOption(
      new Option("--until <when>", "how far ahead: 2027-06-30, a time with its zone, or 36h, 90d, 12w")
        .argParser(when)
        .default(when("90d"), "90d"),
    )
    .addOption(
      new Option("--at <when>", "show only what there is at that moment").argParser(when).conflicts("until"),
    )
    .addOption(
      new Option(
        "--from <when>",
        "where the forecast begins: 2027-01-01, or a time with its zone (default: now)",
      ).argParser(moment),
    );
  outputOptions(command, { format: FORECAST_FORMATS });
  return command.option("--full", `show everything as text, even if there is more than ${SHOWN_CHANGES}`);
}
