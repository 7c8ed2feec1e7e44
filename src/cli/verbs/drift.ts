// `autumn-balances drift`: what differs although nobody changed the files. For schedules: nothing on stdout, and 0,
// unless something has drifted.

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
import { type Drift, findDrift, refusals } from "../../reconcile/index.ts";
import { driftJson, driftNotes, driftText, jsonText, problemsText } from "../../report/index.ts";

export async function runDrift(
  paths: readonly string[],
  options: DriftOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const drift = await readDrift(paths, options, terminal);
  if (terminal.format === "json") {
    terminal.print(jsonText(driftJson(drift, refusals(drift.plan))));
  } else if (drift.hasDrifted) {
    const most = options.full === true ? {} : { most: SHOWN_CHANGES };
    terminal.print(driftText(drift, { colours: terminal.colours(process.stdout), ...most }));
  } else {
    // That something was not looked at bears on the answer, and is no part of it.
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
  const written = await untilInterrupted(() => loadConfig(paths, { withQueries: true }));
  const connection = connect(options, written.environment, terminal);
  const { expiringWithin } = options;
  const { api } = connection;
  const { config, ...members } = await membersFrom(api, written, terminal);
  const request = { ...requestOf(config, options, connection), ...members, expiringWithin };
  return whileReading(api, config.balances, terminal, (environment) => findDrift(api, request, environment));
}
