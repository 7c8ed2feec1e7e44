// The part of the page about large configurations.
import type { ScalePart, ScaleResult, ScaleStep } from "../results.ts";
import { number, paragraph, table } from "./markdown.ts";
import { barPlot } from "./svg.ts";

/** Creates a second at the pace. */
const PACE = 20;

export function scaleText({ latencyMs, sizes }: ScalePart): string {
  return [
    "## Large configurations",
    paragraph(`Nothing is there at first, and everything is created. Simulated time again, with ${latencyMs} ms a call;
      seconds of the CPU are real, and are those of the engine and the emulator together. Each size is a process of its
      own, whose memory is that of both, too.`),
    table(
      ["Balances", "Customers", "Plan, calls", "Plan, s", "Apply, calls", "Apply, s", "Of the ideal", "429"],
      sizes.map((size) => [
        number(size.balances),
        number(size.customers),
        number(size.plan.calls),
        number(size.plan.seconds, 1),
        ...step(size.apply, ({ calls }) => number(calls)),
        ...step(size.apply, ({ seconds }) => number(seconds, 1)),
        ...step(size.apply, ({ seconds }) => number(seconds / (size.balances / PACE), 3)),
        ...step(size.apply, ({ refused }) => number(refused)),
      ]),
    ),
    paragraph(`The ideal is one create after the other at ${PACE} a second, and nothing else.`),
    table(
      [
        "Balances",
        "Customers",
        "Load, CPU s",
        "Plan",
        "Apply",
        "Plan again",
        "Calls",
        "MB, planned",
        "Applied",
      ],
      sizes.map((size) => [
        number(size.balances),
        number(size.customers),
        number(size.load.cpuSeconds, 1),
        number(size.plan.cpuSeconds, 1),
        ...step(size.apply, ({ cpuSeconds }) => number(cpuSeconds, 1)),
        ...step(size.again, ({ cpuSeconds }) => number(cpuSeconds, 1)),
        ...step(size.again, ({ calls }) => number(calls)),
        number(size.plan.mostMb),
        ...step(size.apply, ({ mostMb }) => number(mostMb)),
      ]),
    ),
    paragraph(
      "“Plan again”: a plan of the same file afterwards, with nothing left to do, and the calls it makes.",
    ),
    `![${plotTitle}](benchmarks-scale.svg)`,
  ].join("\n\n");
}

const step = (one: ScaleStep | null, text: (step: ScaleStep) => string): string[] => [
  one === null ? "–" : text(one),
];

const plotTitle = "CPU milliseconds for each balance";

/**
 * CPU time for each balance: where the bars have one length, the time grows in proportion to the number of balances.
 */
export function scalePlot({ sizes }: ScalePart): string {
  const each = ({ balances, load, plan, apply }: ScaleResult): number =>
    ((load.cpuSeconds + plan.cpuSeconds + (apply?.cpuSeconds ?? 0)) * 1000) / balances;
  return barPlot({
    title: `${plotTitle}: load, plan and apply`,
    bars: sizes.map((size) => ({
      label: `${number(size.balances)} of ${number(size.customers)} customers`,
      value: each(size),
      text: `${number(each(size), 2)} ms${size.apply === null ? ", without apply" : ""}`,
    })),
  });
}
