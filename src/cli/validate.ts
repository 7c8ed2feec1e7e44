// `autumn-balances validate`: whether the files are right in themselves. Needs neither key nor network.
import { loadConfig } from "../config/index.ts";
import { count, jsonText, validationJson, visible } from "../report/index.ts";
import { ProblemsError } from "../schema/index.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { reportFailure } from "./failure.ts";
import type { Terminal } from "./terminal.ts";

export async function runValidate(paths: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    const { files, namespace, environment, balances } = await loadConfig(paths);
    const customers = new Set(balances.map(({ customerId }) => customerId)).size;
    if (terminal.format === "json") {
      const counts = { balances: balances.length, customers };
      terminal.print(jsonText(validationJson({ files, namespace, environment, ...counts, problems: [] })));
    } else {
      const where = files.length === 1 ? visible(files[0] ?? "") : count(files.length, "file");
      terminal.print(
        `${where}: ${count(balances.length, "balance")} of ${count(customers, "customer")}, all right.\n`,
      );
    }
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof ProblemsError) || terminal.format !== "json") throw error;
    const unknown = { files: [], namespace: null, environment: null, balances: 0, customers: 0 };
    terminal.print(jsonText(validationJson({ ...unknown, problems: error.problems })));
    terminal.configure({ format: "text" });
    return reportFailure(error, terminal);
  }
}
