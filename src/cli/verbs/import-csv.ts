// `autumn-balances import --csv`: entries for what a spreadsheet says was promised. Makes no call.
import {
  EXIT,
  type ExitCode,
  type ImportOptions,
  namespaceOf,
  replaceFile,
  type Terminal,
} from "../../app/index.ts";
import {
  addEntries,
  entriesOfTable,
  type LoadedConfig,
  newFile,
  readMapping,
  readTable,
  readText,
  usualMapping,
} from "../../config/index.ts";
import { count } from "../../report/index.ts";
import { type Problem, ProblemsError } from "../../schema/index.ts";
import { brief } from "../../text/index.ts";

/** A file to import into. */
export interface OutFile {
  readonly name: string;
  /** What it holds; `null` when it is not there. */
  readonly stored: string | null;
  /** Whether it has something that entries can be added to. */
  readonly isBegun: boolean;
}

export async function importCsv(
  csv: string,
  options: ImportOptions,
  { config, out }: { readonly config: LoadedConfig | null; readonly out: OutFile | null },
  terminal: Terminal,
): Promise<ExitCode> {
  refuseOthers(options);
  const namespace = namespaceOf(options.namespace, config);
  const table = orThrow(readTable(textOf(csv), csv)).table;
  const mapping =
    options.map === undefined
      ? usualMapping(table.header)
      : orThrow(readMapping(textOf(options.map), options.map)).mapping;
  const { entries, passedOver, problems } = entriesOfTable(table, mapping);
  if (problems.length > 0) throw new ProblemsError(problems);
  const name = out?.name ?? "balances.yaml";
  const written =
    out?.isBegun === true ? addEntries(out.stored ?? "", entries, name) : newFile(namespace, entries, name);
  const { text } = orThrow(written);
  if (out === null) terminal.print(text);
  else if (text !== out.stored) await replaceFile(out.name, out.stored, text);
  const left = passedOver === 0 ? "" : `; ${count(passedOver, "row")} passed over`;
  const where = out === null ? "" : ` into ${brief(out.name)}`;
  terminal.say("info", `${count(entries.length, "entry", "entries")} of ${brief(csv)}${where}${left}.\n`);
  return EXIT.ok;
}

/** Refuses the options that choose what is read from Autumn: a spreadsheet takes their place. */
function refuseOthers({
  customer,
  allCustomers,
  adoptNamespace,
  format,
}: ImportOptions & { readonly format?: string }): void {
  const given: readonly [string, boolean][] = [
    ["--customer", customer !== undefined],
    ["--all-customers", allCustomers === true],
    ["--adopt-namespace", adoptNamespace !== undefined],
    ["--format json", format === "json"],
  ];
  const names = given.flatMap(([name, is]) => (is ? [name] : []));
  if (names.length === 0) return;
  const message = `${names.join(", ")} cannot be given with --csv, which asks nobody`;
  throw new ProblemsError([
    { code: "not-with-csv", message, hint: "leave it out; `where:` of a mapping file chooses rows" },
  ]);
}

function textOf(path: string): string {
  const read = readText(path, path);
  if ("problem" in read) throw new ProblemsError([read.problem]);
  return read.text;
}

function orThrow<T extends object>(result: T | { readonly problems: readonly Problem[] }): T {
  if ("problems" in result) throw new ProblemsError(result.problems);
  return result;
}
