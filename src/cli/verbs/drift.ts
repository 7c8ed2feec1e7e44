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
import { type DriftLog, driftJson, jsonText } from "../../document/index.ts";
import { type Drift, findDrift, readLog, refusals } from "../../reconcile/index.ts";
import { driftNotes, driftText, problemsText } from "../../report/index.ts";

export async function runDrift(
  paths: readonly string[],
  options: DriftOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { drift, who } = await readDrift(paths, options, terminal);
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

/** What has drifted and, with --who, what Autumn's log says of it. */
interface ReadDrift {
  readonly drift: Drift;
  /** As reports take it. */
  readonly who: { readonly log?: DriftLog };
}

/** Reads the files and what is there, and compares them. Changes nothing. */
export async function readDrift(
  paths: readonly string[],
  options: DriftOptions,
  terminal: Terminal,
): Promise<ReadDrift> {
  const written = await untilInterrupted(() => loadConfig(paths, { withQueries: true }));
  const connection = connect(options, written.environment, terminal);
  const { expiringWithin } = options;
  const { api } = connection;
  const { config, members } = await membersFrom(api, written, terminal);
  const request = { ...requestOf(config, options, connection), ...members, expiringWithin };
  return whileReading(api, config.balances, terminal, async (environment) => {
    const drift = await findDrift(api, request, environment);
    if (options.who !== true) return { drift, who: {} };
    return { drift, who: { log: { log: await readLog(api), namespace: drift.plan.namespace } } };
  });
}
