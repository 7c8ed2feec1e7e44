// `autumn-balances history`: what became of balances, from what Autumn has and from git. Changes nothing.

import {
  connect,
  EXIT,
  type ExitCode,
  gitHistoryOf,
  type HistoryOptions,
  namespaceOf,
  SHOWN_CHANGES,
  type Terminal,
  untilInterrupted,
  whileReading,
} from "../../app/index.ts";
import { systemClock } from "../../autumn/index.ts";
import { type GitHistory, type LoadedConfig, loadConfigIfAny } from "../../config/index.ts";
import { jsonText } from "../../document/index.ts";
import { disagreements, timelinesOf } from "../../history/index.ts";
import { endedRows, knownRows, readHistory } from "../../reconcile/index.ts";
import { type HistoryReport, historyCsv, historyJson, historyText } from "../../report/index.ts";
import { ProblemsError } from "../../schema/index.ts";

export async function runHistory(
  named: readonly string[],
  options: HistoryOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  refuseContradictions(named, options);
  const config = await untilInterrupted(async () =>
    loadConfigIfAny(options.file ?? [], { withQueries: true, withoutCsv: true }),
  );
  const namespace = namespaceOf(options.namespace, config);
  const { api, environment, baseUrl } = connect(options, config?.environment ?? null, terminal);
  const since = "at" in options.since ? options.since.at : systemClock.now() - options.since.ago;
  const git = await untilInterrupted(() => gitHistoryOf(config, options, since, terminal));
  const inGit = customersInGit(git);
  const customers = customersOf(named, options, config, inGit);

  const balances = config?.balances ?? [];
  const { concurrency } = options;
  const read = await whileReading(api, balances, terminal, (reading) =>
    readHistory(api, { namespace, balances, customers, concurrency }, reading),
  );
  refuseUnknown(
    named.filter((id) => !inGit.has(id)),
    read.missing,
  );
  const madeAt = api.serverClock.now();
  const rows = knownRows(balances, read.rows, namespace, madeAt);
  const ended = endedRows(rows);
  const told = rows.filter(({ ended: one }) => one === null || one.at === null || one.at >= since);
  const asked = customers === null ? null : new Set(customers);
  const happened = {
    ended,
    changes: git.kind === "none" ? [] : git.changes,
    missing: read.missing,
    includes: (customerId: string) => asked === null || asked.has(customerId),
    since,
  };
  printHistory(
    {
      ...{ namespace, environment, baseUrl, madeAt, since, git },
      ...timelinesOf(happened),
      disagreements: git.kind === "none" ? [] : disagreements(told, git),
      scope: read.scope,
      customers: read.customers,
      missing: [...read.missing].sort(),
    },
    options,
    terminal,
  );
  return EXIT.ok;
}

function printHistory(report: HistoryReport, { full }: HistoryOptions, terminal: Terminal): void {
  if (terminal.format === "json") terminal.print(jsonText(historyJson(report)));
  else if (terminal.format === "csv") terminal.print(historyCsv(report));
  else {
    const most = full === true ? {} : { most: SHOWN_CHANGES };
    terminal.print(historyText(report, { colours: terminal.colours(process.stdout), ...most }));
  }
}

function refuseContradictions(named: readonly string[], { allCustomers = false }: HistoryOptions): void {
  if (allCustomers && named.length > 0) {
    const message = "--all-customers and the names of customers exclude each other";
    throw new ProblemsError([{ code: "customers-twice", message, hint: "leave one of them out" }]);
  }
}

function customersInGit(git: GitHistory): Set<string> {
  if (git.kind === "none") return new Set();
  const entries = [...git.initial.values(), ...git.changes];
  return new Set(entries.map(({ customerId }) => customerId));
}

/** The ids of the customers to look at; `null` for all. */
function customersOf(
  named: readonly string[],
  { allCustomers = false }: HistoryOptions,
  config: LoadedConfig | null,
  inGit: ReadonlySet<string>,
): readonly string[] | null {
  if (allCustomers) return null;
  if (named.length > 0) return [...new Set(named)];
  if (config !== null)
    return [...new Set([...config.balances.map(({ customerId }) => customerId), ...inGit])];
  const hint = "name customers, or pass --all-customers, or --file for those with an entry";
  throw new ProblemsError([{ code: "no-customers", message: "nothing says whose history is meant", hint }]);
}

/** A customer that neither Autumn nor git knows is most likely a typo. */
function refuseUnknown(named: readonly string[], missing: ReadonlySet<string>): void {
  const unknown = named.filter((id) => missing.has(id));
  if (unknown.length === 0) return;
  throw new ProblemsError(
    unknown.map((customerId) => ({
      code: "unknown-customer",
      message: `there is no customer ${customerId}`,
      hint: "check the id: it is the one your product gave, not Autumn's own",
    })),
  );
}
