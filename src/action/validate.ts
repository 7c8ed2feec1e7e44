// `command: validate`: whether the files are right in themselves. Needs no key.
import { EXIT } from "../app/exit-codes.ts";
import type { Terminal } from "../app/terminal.ts";
import { allRight, checkFiles } from "../cli/verbs/validate.ts";
import { textMarkdown } from "../report/index.ts";
import type { ValidateInputs } from "./inputs.ts";
import type { Report } from "./report.ts";

export async function validate({ paths }: ValidateInputs, terminal: Terminal): Promise<Report> {
  const text = allRight(await checkFiles(paths));
  terminal.print(text);
  return {
    exitCode: EXIT.ok,
    markdown: (room) => textMarkdown(text, room),
    hasNews: false,
    errors: [],
    warnings: [],
    outputs: {},
  };
}
