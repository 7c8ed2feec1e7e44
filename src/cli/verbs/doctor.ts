// `autumn-balances doctor`: which of the facts that the promises rest on hold for the user's server; with
// --offline, what may be wrong on the user's side.
import { randomBytes } from "node:crypto";
import {
  connect,
  type DoctorOptions,
  doctorProgress,
  EXIT,
  type ExitCode,
  finishingWhenInterrupted,
  lookAround,
  Progress,
  RefusedError,
  type Terminal,
  VERSION,
} from "../../app/index.ts";
import {
  API_VERSION,
  type AutumnClient,
  checkedSecretKey,
  environmentOfKey,
  systemClock,
} from "../../autumn/index.ts";
import { type Examination, examine, NAME_PREFIX, setupChecks } from "../../doctor/index.ts";
import { jsonText } from "../../document/index.ts";
import { doctorJson, doctorText, leftOverText, setupJson, setupText } from "../../report/index.ts";
import { ProblemsError } from "../../schema/index.ts";

export async function runDoctor(
  paths: readonly string[],
  options: DoctorOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  return options.offline === true
    ? checkSetup(paths, options, terminal)
    : checkServer(paths, options, terminal);
}

async function checkSetup(
  paths: readonly string[],
  options: DoctorOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const checks = setupChecks(await lookAround(paths, options));
  if (terminal.format === "json") terminal.print(jsonText(setupJson(checks, VERSION)));
  else terminal.print(setupText(checks, { colours: terminal.colours(process.stdout) }));
  return checks.some(({ status }) => status === "problem") ? EXIT.changes : EXIT.ok;
}

async function checkServer(
  paths: readonly string[],
  options: DoctorOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (paths.length > 0) {
    const hint = "add --offline to have files checked, or leave them out";
    throw new ProblemsError([{ code: "no-files-here", message: "the server is asked, and no file", hint }]);
  }
  refuseAllButSandbox();
  const { baseUrl } = connect(options, null, terminal);
  const examination = await examined(options, terminal);
  const { failure, leftOver, results, interrupted } = examination;
  if (failure !== null) {
    terminal.say("error", leftOverText(leftOver));
    throw failure;
  }
  const report = { baseUrl, toolVersion: VERSION, apiVersion: API_VERSION, examination };
  if (terminal.format === "json") terminal.print(jsonText(doctorJson(report)));
  else {
    const colours = terminal.colours(process.stdout);
    terminal.print(doctorText(report, { colours, full: options.full === true }));
  }
  if (interrupted) return EXIT.interrupted;
  if (results.some(({ verdict }) => verdict === "does_not_hold")) return EXIT.changes;
  return results.some(({ notTried }) => notTried === "failed") ? EXIT.error : EXIT.ok;
}

/** `doctor` creates customers and tracks usage, which must not happen beside real customers. */
function refuseAllButSandbox(): void {
  const environment = environmentOfKey(checkedSecretKey(process.env.AUTUMN_SECRET_KEY));
  if (environment === "sandbox") return;
  const what = environment === "live" ? "is a live key" : "is not known to be a sandbox key";
  throw new RefusedError([
    {
      code: "live-key",
      message: `AUTUMN_SECRET_KEY ${what}, and doctor makes customers and features to try things on`,
      hint: "set AUTUMN_SECRET_KEY to the sandbox's key (am_sk_test_…); --offline needs none",
    },
  ]);
}

async function examined(options: DoctorOptions, terminal: Terminal): Promise<Examination> {
  const name = `${NAME_PREFIX}${randomBytes(4).toString("hex")}`;
  const progress = new Progress(terminal);
  const onEvent = doctorProgress(progress);
  const { concurrency } = options;
  const clientOf = (signal?: AbortSignal): AutumnClient => connect(options, null, terminal, signal).api;
  try {
    return await finishingWhenInterrupted(
      (signal) =>
        examine({
          connect: clientOf,
          clock: systemClock,
          name,
          concurrency,
          slow: options.slow === true,
          signal,
          onEvent,
        }),
      terminal,
      {
        stopping: "Stopping: what was made is removed first. ^C again stops at once.\n",
        atOnce: `Stopped at once. Customers and features whose id begins with ${name} may be left in the sandbox.\n`,
      },
    );
  } finally {
    progress.end();
  }
}
