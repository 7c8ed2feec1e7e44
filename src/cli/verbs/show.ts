// `autumn-balances show`: a saved plan, in any format that plans have. Makes no call.

import {
  EXIT,
  type ExitCode,
  printPlan,
  RefusedError,
  readPlanFile,
  type ShowOptions,
  type Terminal,
} from "../../app/index.ts";
import { systemClock } from "../../autumn/index.ts";
import {
  ForeignPlanError,
  lifetimeOf,
  type SavedPlan,
  showSavedPlan,
  type Trust,
} from "../../document/index.ts";
import { moment } from "../../report/index.ts";

export async function runShow(path: string, options: ShowOptions, terminal: Terminal): Promise<ExitCode> {
  const text = await readPlanFile(path);
  const secretKey = process.env.AUTUMN_SECRET_KEY?.trim() || undefined;
  const { saved, trust } = opened(text, secretKey);
  printPlan(saved.plan, saved.refusals, options, terminal);
  terminal.say("info", `\n${stateText(saved)}\n`);
  if (trust !== "signed") terminal.say("warn", `${NOT_CHECKED[trust]}\n`);
  return EXIT.ok;
}

const NOT_CHECKED: Readonly<Record<Exclude<Trust, "signed">, string>> = {
  "no-key":
    "Whether somebody altered it was not checked, as that takes the AUTUMN_SECRET_KEY it was made with.",
  "other-key": "Whether somebody altered it was not checked, as it was made with another AUTUMN_SECRET_KEY.",
};

function opened(text: string, secretKey: string | undefined): ReturnType<typeof showSavedPlan> {
  try {
    return showSavedPlan(text, secretKey);
  } catch (error) {
    if (error instanceof ForeignPlanError) throw new RefusedError(error.problems);
    throw error;
  }
}

function stateText(saved: SavedPlan): string {
  const { plan, appliedAt } = saved;
  const made = `Saved plan of ${moment(plan.madeAt)}`;
  if (appliedAt !== null) return `${made}; applied at ${moment(appliedAt)}.`;
  const { until, state } = lifetimeOf(saved, systemClock.now());
  return state === "over"
    ? `${made}; it could be applied until ${moment(until)}.`
    : `${made}; it can be applied once, until ${moment(until)}.`;
}
