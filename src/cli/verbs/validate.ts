// `autumn-balances validate`: whether the files are right in themselves. Needs neither key nor network.

import {
  EXIT,
  type ExitCode,
  fromRoot,
  loadPolicy,
  placedFromRoot,
  reportFailure,
  repositoryRoot,
  type Terminal,
  VERSION,
} from "../../app/index.ts";
import { findFiles, loadConfig, loadExpanded } from "../../config/index.ts";
import { jsonText, type Validation, validationJson } from "../../document/index.ts";
import { count, githubAnnotations, gitlabQuality, junit, sarif } from "../../report/index.ts";
import { ProblemsError } from "../../schema/index.ts";
import { visible } from "../../text/index.ts";

export interface ValidateOptions {
  /** Print the files with every balance written out. */
  readonly expanded?: boolean;
}

export async function runValidate(
  paths: readonly string[],
  { expanded = false }: ValidateOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (expanded) {
    refuseFormat(terminal);
    terminal.print(loadExpanded(paths));
    return EXIT.ok;
  }
  try {
    terminal.print(report(await checkFiles(paths), paths, terminal));
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof ProblemsError) || terminal.format === "text") throw error;
    const files = findFiles(paths, process.cwd()).files.map(({ name }) => name);
    const unknown = { files, namespace: null, environment: null, balances: 0, customers: 0 };
    terminal.print(report({ ...unknown, problems: error.problems }, paths, terminal));
    // stdout has its document already, so this goes to stderr as text.
    terminal.configure({ format: "text" });
    return reportFailure(error, terminal);
  }
}

function refuseFormat({ format }: Terminal): void {
  if (format === "text") return;
  const message = `--expanded prints YAML, and goes with no --format ${format}`;
  throw new ProblemsError([{ code: "format-of-expanded", message, hint: "leave one of the two out" }]);
}

/** @throws ProblemsError with everything that is wrong in the files */
export async function checkFiles(paths: readonly string[]): Promise<Validation> {
  const { files, namespace, environment, balances } = await loadConfig(paths, { withQueries: true });
  await loadPolicy(undefined);
  const customers = new Set(balances.map(({ customerId }) => customerId)).size;
  return { files, namespace, environment, balances: balances.length, customers, problems: [] };
}

function report(validation: Validation, paths: readonly string[], { format }: Terminal): string {
  if (format === "json") return jsonText(validationJson(validation));
  const root = repositoryRoot();
  const problems = validation.problems.map((problem) => placedFromRoot(problem, root));
  const read = validation.files.length > 0 ? validation.files : [paths[0] ?? "balances.yaml"];
  const files = read.map((file) => fromRoot(file, root));
  const [file = "balances.yaml"] = files;
  switch (format) {
    case "github":
      return problems.length === 0 ? allRight(validation) : githubAnnotations(problems);
    case "gitlab":
      return gitlabQuality(problems, file);
    case "sarif":
      return sarif(problems, { version: VERSION, file });
    case "junit":
      return junit(problems, files);
    default:
      return allRight(validation);
  }
}

export function allRight({ files, balances, customers }: Validation): string {
  const where = files.length === 1 ? visible(files[0] ?? "") : count(files.length, "file");
  return `${where}: ${count(balances, "balance")} of ${count(customers, "customer")}, all right.\n`;
}
