// `autumn-balances import`: entries for what customers have been granted already.
import { access, constants, readFile, realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import {
  connect,
  EXIT,
  type ExitCode,
  type ImportOptions,
  importProgress,
  membersFrom,
  namespaceOf,
  Progress,
  replaceFile,
  type Terminal,
  untilInterrupted,
  unwritable,
} from "../../app/index.ts";
import type { AutumnClient } from "../../autumn/index.ts";
import {
  addEntries,
  findDefault,
  findFiles,
  type LoadedConfig,
  loadConfig,
  newFile,
  readText,
  type WrittenFile,
} from "../../config/index.ts";
import { jsonText } from "../../document/index.ts";
import { type FullRead, proposeEntries, readInFull } from "../../reconcile/index.ts";
import { importJson, importText } from "../../report/index.ts";
import { type Problem, ProblemsError } from "../../schema/index.ts";
import { brief } from "../../text/index.ts";
import { importCsv, type OutFile } from "./import-csv.ts";

export async function runImport(
  paths: readonly string[],
  options: ImportOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (options.map !== undefined && options.csv === undefined) throw new ProblemsError([MAP_WITHOUT_CSV]);
  const customers = options.csv === undefined ? customersOf(options) : [];
  const out = options.out === undefined ? null : await outFile(options.out);
  const written = await untilInterrupted(() => declaredBy(paths, out));
  if (options.csv !== undefined) return importCsv(options.csv, options, { config: written, out }, terminal);
  const namespace = namespaceOf(options.namespace, written);
  const { api, environment, baseUrl } = connect(options, written?.environment ?? null, terminal);
  const config = written && (await membersFrom(api, written, terminal)).config;

  const found = await readCustomers(
    api,
    { namespace, customers, concurrency: options.concurrency },
    terminal,
  );
  const { proposals, leftOut, declared } = proposeEntries(found.rows, {
    namespace,
    balances: config?.balances ?? [],
    features: found.features,
    now: api.serverClock.now(),
    adoptNamespaces: new Set(options.adoptNamespace),
    isSecret: (text) => terminal.hides(text),
  });

  const entries = proposals.map(({ entry }) => entry);
  const name = out?.name ?? "balances.yaml";
  const text = textOf(
    out?.isBegun === true ? addEntries(out.stored ?? "", entries, name) : newFile(namespace, entries, name),
  );
  if (out !== null && text !== out.stored) await replaceFile(out.name, out.stored, text);

  const { scope, ofPlans } = found;
  const counted = { scope, customers: found.customers, ofPlans, declared };
  const report = { namespace, environment, baseUrl, ...counted, file: out?.name ?? null, proposals, leftOut };
  if (terminal.format === "json") {
    terminal.print(jsonText(importJson(report)));
  } else if (out !== null) {
    terminal.print(importText(report, { colours: terminal.colours(process.stdout) }));
    await sayWhereToNameIt(paths, out, terminal);
  } else {
    // stdout belongs to the entries, so that it can be sent into a file.
    terminal.print(text);
    terminal.say("info", importText(report, { colours: terminal.colours(process.stderr) }));
  }
  return EXIT.ok;
}

const MAP_WITHOUT_CSV: Problem = {
  code: "map-without-csv",
  message: "--map says which columns of a spreadsheet are what, and none is given",
  hint: "add --csv <file>, or leave --map out",
};

/** Everything that customers have, with progress. */
export async function readCustomers(
  api: AutumnClient,
  asked: Parameters<typeof readInFull>[1],
  terminal: Terminal,
): Promise<FullRead> {
  const progress = new Progress(terminal);
  const onEvent = importProgress(progress);
  return untilInterrupted(() => readInFull(api, asked, { onEvent })).finally(() => progress.end());
}

/** The ids of the customers to import; `null` for all. */
export function customersOf(
  { customer = [], allCustomers = false }: Pick<ImportOptions, "customer" | "allCustomers">,
  what = "imported",
): readonly string[] | null {
  const refuse = (code: string, message: string, hint: string): never => {
    throw new ProblemsError([{ code, message, hint }]);
  };
  if (allCustomers && customer.length > 0) {
    refuse("customers-twice", "--all-customers and --customer exclude each other", "leave one of them out");
  }
  if (allCustomers) return null;
  if (customer.length === 0) {
    const hint = "pass --customer <id>, more than once for several customers, or --all-customers";
    refuse("no-customers", `nothing says whose balances are to be ${what}`, hint);
  }
  return customer;
}

/** Checked before anything else, as reading balances may take long. */
async function outFile(name: string): Promise<OutFile> {
  try {
    await stat(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw unwritable(name, error);
    await access(dirname(name), constants.W_OK).catch((cause) => {
      throw unwritable(name, cause);
    });
    return { name, stored: null, isBegun: false };
  }
  const read = readText(name, name);
  if ("problem" in read) throw new ProblemsError([read.problem]);
  // Read again, with its byte order mark, which `read.text` lacks.
  return { name, stored: await readFile(name, "utf8"), isBegun: /\S/.test(read.text) };
}

/** What is declared already; `null` when there is no file yet. */
async function declaredBy(paths: readonly string[], out: OutFile | null): Promise<LoadedConfig | null> {
  const usual = paths.length > 0 ? undefined : findDefault();
  // A shell that redirects stdout to balances.yaml has created an empty one before this runs.
  const files = [...paths, ...(usual === undefined || isBlank(usual) ? [] : [usual])];
  if (out?.isBegun) files.push(out.name);
  return files.length === 0 ? null : loadConfig(files, { nullIsEmptyList: true, withQueries: true });
}

function isBlank(file: string): boolean {
  const read = readText(file, file);
  return "text" in read && !/\S/.test(read.text);
}

/** A plan reads the files that it is given, or the default one: entries in any other have no effect. */
async function sayWhereToNameIt(paths: readonly string[], out: OutFile, terminal: Terminal): Promise<void> {
  const { files } = findFiles(paths, process.cwd());
  const read = await Promise.all(files.map(({ path }) => realpath(path)));
  if (read.includes(await realpath(out.name))) return;
  const names = [...files.map(({ name }) => name), out.name].map((name) => brief(name)).join(" ");
  terminal.say("warn", `hint: a plan reads it only where it is named: autumn-balances plan ${names}\n`);
}

function textOf(written: WrittenFile): string {
  if ("problems" in written) throw new ProblemsError(written.problems);
  return written.text;
}
