// The part of the page about the pace: how well it is kept, what is left to others, and how good the estimates are.
import type { PacingPart } from "../results.ts";
import { number, paragraph, table } from "./markdown.ts";
import { linePlot } from "./svg.ts";

export function pacingText({ paces, beside, estimates }: PacingPart): string {
  const { theirPace, comes, goes, theirs, theirsRefused, refused, oursBeside } = beside;
  return [
    "## Pace",
    paragraph(`Simulated time, in which the engine and the emulator are one process and waiting costs nothing: these
      numbers are the same on every machine.`),
    table(
      ["Creates", "Pace, calls a second", "Seconds", "At exactly the pace", "Ratio", "429"],
      paces.map((one) => [
        number(one.creates),
        number(one.perSecond),
        number(one.seconds, 1),
        number(one.ideal, 1),
        number(one.seconds / one.ideal, 3),
        number(one.refused),
      ]),
    ),
    "### Beside another client",
    `![${besideTitle}](benchmarks-beside.svg)`,
    paragraph(`Another client of the organisation makes ${number(theirPace, 1)} calls a second, half of what Autumn
      allows, from second ${comes} to second ${goes}: ${number(theirs)} of its ${number(theirs + theirsRefused)} calls
      are answered, and ${number(theirsRefused)} are refused, at the moment it comes; of ours, ${number(refused)}.
      autumn-balances goes down to ${number(oursBeside, 1)} a second, and up again afterwards.`),
    "### Estimates",
    paragraph(`What a plan says applying takes at the least, and what it took. Calls take as long as the first column
      says, and 10 customers are worked on at a time, as is the default.`),
    table(
      ["", "ms a call", "Calls, estimated", "Made", "Seconds, estimated", "Taken"],
      estimates.map(({ what, count, latencyMs, estimated, took }) => [
        `${number(count)} ${what}`,
        number(latencyMs),
        `${number(estimated.calls)} (${percent(estimated.calls, took.calls)})`,
        number(took.calls),
        `${number(estimated.seconds, 1)} (${percent(estimated.seconds, took.seconds)})`,
        number(took.seconds, 1),
      ]),
    ),
  ].join("\n\n");
}

const percent = (part: number, whole: number): string => `${number((part / whole) * 100)} %`;

const besideTitle = "Calls a second of the limit that all share, beside another client";

export function besidePlot({ beside: { seconds } }: PacingPart): string {
  // The last second is not a whole one.
  const whole = seconds.slice(0, -1);
  return linePlot({
    title: besideTitle,
    x: "seconds",
    y: "calls a second",
    lines: [
      { label: "autumn-balances", points: whole.map(({ ours }, x) => ({ x, y: ours })) },
      { label: "another client", points: whole.map(({ theirs }, x) => ({ x, y: theirs })) },
    ],
    mark: { value: 25, text: "Autumn's limit" },
  });
}
