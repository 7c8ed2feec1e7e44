// `autumn-balances drift`: what differs although nobody changed the files. For scheduled jobs: nothing on
// stdout, and exit code 0, unless something has drifted.

import {
  connect,
  type DriftOptions,
  EXIT,
  type ExitCode,
  membersFrom,
  requestOf,
  SHOWN_CHANGES,
  type Terminal,
  untilInterrupted,
  whileReading,
} from "../../app/index.ts";
import { loadConfig } from "../../config/index.ts";
import { driftJson, jsonText } from "../../document/index.ts";
import { type Drift, findDrift, type LogRead, readLog, refusals } from "../../reconcile/index.ts";
import { driftNotes, driftText, problemsText } from "../../report/index.ts";

export async function runDrift(
  paths: readonly string[],
  options: DriftOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { drift, log } = await readDriftAndLog(paths, options, terminal);
  const who = log === undefined ? {} : { log: { log, namespace: drift.plan.namespace } };
  if (terminal.format === "json") {
    terminal.print(jsonText(driftJson(drift, refusals(drift.plan), who.log)));
  } else if (drift.hasDrifted) {
    const most = options.full === true ? {} : { most: SHOWN_CHANGES };
    terminal.print(driftText(drift, { colours: terminal.colours(process.stdout), ...most, ...who }));
  } else {
    // That something was not looked at matters to the answer, but is not part of it: so it goes to stderr.
    const unread = drift.plan.warnings.filter(({ code }) => code === "grants-not-checked");
    const colours = terminal.colours(process.stderr);
    terminal.say("warn", problemsText(unread, { severity: "warning", colours }));
    terminal.say("info", driftNotes(drift));
  }
  return drift.hasDrifted ? EXIT.changes : EXIT.ok;
}

/** Reads the files and what is there, and compares them. Changes nothing. */
export async function readDrift(
  paths: readonly string[],
  options: DriftOptions,
  terminal: Terminal,
): Promise<Drift> {
  return (await readDriftAndLog(paths, options, terminal)).drift;
}

/** The same; with --who, and where anything has drifted, also what Autumn's log says. */
async function readDriftAndLog(
  paths: readonly string[],
  options: DriftOptions,
  terminal: Terminal,
): Promise<{ readonly drift: Drift; readonly log?: LogRead }> {
  const written = await untilInterrupted(() => loadConfig(paths, { withQueries: true }));
  const connection = connect(options, written.environment, terminal);
  const { expiringWithin } = options;
  const { api } = connection;
  const { config, members } = await membersFrom(api, written, terminal);
  const request = { ...requestOf(config, options, connection), ...members, expiringWithin };
  return whileReading(api, config.balances, terminal, async (environment) => {
    const drift = await findDrift(api, request, environment);
    return options.who === true ? { drift, log: await readLog(api) } : { drift };
  });
}
