// `autumn-balances export`: what customers have, as a spreadsheet. Changes nothing.
import {
  connect,
  EXIT,
  type ExitCode,
  type ExportOptions,
  namespaceOf,
  type Terminal,
} from "../../app/index.ts";
import { loadConfigIfAny, readMapping, readText } from "../../config/index.ts";
import { endedRows, knownRows, stateOf } from "../../reconcile/index.ts";
import { balancesCsv } from "../../report/index.ts";
import { ProblemsError } from "../../schema/index.ts";
import { compareText } from "../../text/index.ts";
import { customersOf, readCustomers } from "./import.ts";

export async function runExport(options: ExportOptions, terminal: Terminal): Promise<ExitCode> {
  const names = options.map === undefined ? undefined : columnsIn(options.map);
  const customers = customersOf(options, "exported");
  const config = loadConfigIfAny([], { withQueries: true });
  const namespace = namespaceOf(options.namespace, config);
  const { api } = connect(options, config?.environment ?? null, terminal);
  const { concurrency } = options;
  const found = await readCustomers(api, { namespace, customers, concurrency }, terminal);
  const now = api.serverClock.now();
  // What a balance was before it was replaced would count its usage twice, and be declared twice by an import.
  const past = new Set(endedRows(knownRows([], found.rows, namespace, now)).map(({ row }) => row));
  const rows = [...found.rows]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([, list]) => list)
    .filter((row) => row.planId === null && !past.has(row) && stateOf(row, now) !== "expired");
  terminal.print(balancesCsv(rows, namespace, names));
  return EXIT.ok;
}

function columnsIn(path: string): Map<string, string> {
  const read = readText(path, path);
  if ("problem" in read) throw new ProblemsError([read.problem]);
  const found = readMapping(read.text, path);
  if ("problems" in found) throw new ProblemsError(found.problems);
  return new Map([...found.mapping.columns].map(([field, { name }]) => [field, name]));
}
