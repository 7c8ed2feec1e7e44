// `autumn-balances history`: what became of balances that have ended. Changes nothing.
import { findDefault, type LoadedConfig, loadConfig } from "../config/index.ts";
import { timelinesOf } from "../history/index.ts";
import { endedRows, readHistory } from "../reconcile/index.ts";
import { type HistoryReport, historyCsv, historyJson, historyText, jsonText } from "../report/index.ts";
import { ProblemsError } from "../schema/index.ts";
import { connect } from "./connection.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { untilInterrupted } from "./interruption.ts";
import { namespaceOf } from "./namespace.ts";
import type { HistoryOptions } from "./options.ts";
import { whileReading } from "./session.ts";
import type { Terminal } from "./terminal.ts";

export async function runHistory(
  named: readonly string[],
  options: HistoryOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  refuseContradictions(named, options);
  const config = await untilInterrupted(() => declared(options.file));
  const namespace = namespaceOf(options.namespace, config);
  const { api, environment, baseUrl } = connect(options, config?.environment ?? null, terminal);
  const balances = config?.balances ?? [];
  const customers = customersOf(named, options, config);

  const { concurrency } = options;
  const read = await whileReading(api, balances, terminal, (reading) =>
    readHistory(api, { namespace, balances, customers, concurrency }, reading),
  );
  refuseUnknown(named, read.missing);
  const madeAt = api.serverClock.now();
  const since = "at" in options.since ? options.since.at : madeAt - options.since.ago;
  const ended = endedRows(balances, read.rows, namespace, madeAt);
  const { timelines, earlier } = timelinesOf(ended, read.missing, since);
  printHistory(
    {
      ...{ namespace, environment, baseUrl, madeAt, since, timelines, earlier },
      scope: read.scope,
      customers: read.customers,
      missing: [...read.missing].sort(),
    },
    terminal,
  );
  return EXIT.ok;
}

function printHistory(report: HistoryReport, terminal: Terminal): void {
  if (terminal.format === "json") terminal.print(jsonText(historyJson(report)));
  else if (terminal.format === "csv") terminal.print(historyCsv(report));
  else terminal.print(historyText(report, { colours: terminal.colours(process.stdout) }));
}

function refuseContradictions(named: readonly string[], { allCustomers = false }: HistoryOptions): void {
  if (allCustomers && named.length > 0) {
    const message = "--all-customers and the names of customers exclude each other";
    throw new ProblemsError([{ code: "customers-twice", message, hint: "leave one of them out" }]);
  }
  if (named.some((id) => !/\S/.test(id))) {
    const hint = "check the variable that it comes from";
    throw new ProblemsError([{ code: "bad-id", message: "the id of a customer is empty", hint }]);
  }
}

/** What is declared; `null` when no file is named, and none is there. */
async function declared(files: readonly string[] = []): Promise<LoadedConfig | null> {
  return files.length === 0 && findDefault() === undefined ? null : loadConfig(files);
}

/** `null` for all. */
function customersOf(
  named: readonly string[],
  { allCustomers = false }: HistoryOptions,
  config: LoadedConfig | null,
): readonly string[] | null {
  if (allCustomers) return null;
  if (named.length > 0) return [...new Set(named)];
  if (config !== null) return [...new Set(config.balances.map(({ customerId }) => customerId))];
  const hint = "name customers, or pass --all-customers, or --file for those with an entry";
  throw new ProblemsError([{ code: "no-customers", message: "nothing says whose history is meant", hint }]);
}

/** A name that nobody has is most likely a slip. */
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
