// A step of a workflow: its inputs, the command, and who is told what came of it.
import { randomUUID } from "node:crypto";
import { isDebug } from "@actions/core";
import { EXIT } from "../app/index.ts";
import { apply } from "./apply.ts";
import { trustCheckout } from "./checkout.ts";
import { drift } from "./drift.ts";
import { type Run, readRun } from "./event.ts";
import { type Inputs, readInputs, takeSecrets } from "./inputs.ts";
import { plan } from "./plan.ts";
import { annotate, commentOn, type Desk, setOutputs, summarise } from "./publish.ts";
import { failureReport, type Report } from "./report.ts";
import { readSubject, type Subject } from "./subject.ts";
import { StepLog } from "./terminal.ts";
import { validate } from "./validate.ts";

export async function run(): Promise<void> {
  const token = takeSecrets(process.env);
  const terminal = new StepLog();
  terminal.configure({ logLevel: isDebug() ? "debug" : "info" });
  const desk: Desk = { run: readRun(process.env), terminal, token };
  // The key is redacted from errors that nobody catches, too.
  process.on("uncaughtException", (error) => {
    const report = failureReport(error, "It went wrong", terminal);
    annotate(report.errors, "error", desk);
    terminal.exit(report.exitCode);
  });

  const subject = readSubject(desk.run.workspace);
  const report = await withoutCommands(terminal, async () => {
    let inputs: Inputs | undefined;
    try {
      inputs = readInputs();
      process.chdir(inputs.workingDirectory);
      trustCheckout(desk.run.workspace, process.cwd(), process.env);
      return await carryOut(inputs, desk.run, terminal);
    } catch (error) {
      if (inputs !== undefined) return failureReport(error, HEADINGS[inputs.command], terminal);
      // A mistake in the inputs starts no comment: it is for the author of the workflow. A comment that exists is
      // rewritten, because it no longer holds.
      return { ...failureReport(error, NOT_BEGUN[subject.command], terminal), hasNews: false };
    }
  });
  await tell(report, subject, desk);
}

async function tell(report: Report, subject: Subject, desk: Desk): Promise<void> {
  const isInterrupted = report.exitCode === EXIT.interrupted;
  const unwritten = isInterrupted ? undefined : await commentOn(report, subject, desk);
  const mustComment = unwritten !== undefined && subject.comment === "true";
  const exitCode = mustComment && report.exitCode === EXIT.ok ? EXIT.error : report.exitCode;
  annotate(report.errors, "error", desk);
  annotate(report.warnings, "warning", desk);
  if (unwritten !== undefined) annotate([unwritten], mustComment ? "error" : "notice", desk);
  await summarise(report, subject, desk);
  setOutputs({ ...report, exitCode }, desk);
  // Calls that were given up may still be open, and would keep the process alive.
  if (isInterrupted) desk.terminal.exit(exitCode);
  else process.exitCode = exitCode;
}

function carryOut(inputs: Inputs, run: Run, terminal: StepLog): Promise<Report> {
  switch (inputs.command) {
    case "validate":
      return validate(inputs, terminal);
    case "drift":
      return drift(inputs, terminal);
    case "apply":
      return apply(inputs, terminal);
    case "plan":
      return plan(inputs, run, terminal);
  }
}

const HEADINGS: Readonly<Record<Subject["command"], string>> = {
  plan: "There is no plan",
  apply: "Nothing was applied",
  validate: "The files have problems",
  drift: "Nobody knows whether anything has drifted",
};

/** The headings when the inputs are wrong. */
const NOT_BEGUN: typeof HEADINGS = { ...HEADINGS, validate: "Nothing was checked" };

/** Does `work` while the runner takes nothing that is printed for a workflow command, whoever wrote the text. */
async function withoutCommands<T>(terminal: StepLog, work: () => Promise<T>): Promise<T> {
  const word = randomUUID();
  terminal.print(`::stop-commands::${word}\n`);
  try {
    return await work();
  } finally {
    terminal.print(`::${word}::\n`);
  }
}
