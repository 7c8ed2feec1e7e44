// `command: validate`: whether the files are right in themselves. Needs no key.
import { EXIT, type Terminal } from "../app/index.ts";
import { allRight, checkFiles } from "../cli/verbs/index.ts";
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
