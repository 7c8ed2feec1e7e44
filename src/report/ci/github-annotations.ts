// Problems as workflow commands of GitHub Actions, which it shows at the lines of a pull request.
// https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
import type { Problem } from "../../schema/index.ts";
import { brief, MESSAGE_LENGTH, visible } from "../../text/index.ts";
import { repositoryPath } from "./repository-path.ts";

/** A line for each problem, with the place where there is one; empty when nothing is wrong. */
export function githubAnnotations(
  problems: readonly Problem[],
  options: { readonly level?: "error" | "warning" | "notice" } = {},
): string {
  return problems.map((problem) => `${annotation(problem, options.level ?? "error")}\n`).join("");
}

function annotation({ code, message, hint, place }: Problem, level: string): string {
  const where =
    place === undefined
      ? []
      : [`file=${property(repositoryPath(place.file))}`, `line=${place.line}`, `col=${place.column}`];
  const properties = [...where, `title=${property(brief(code))}`].join(",");
  const lines = [message, ...(hint === undefined ? [] : [`hint: ${hint}`])];
  return `::${level} ${properties}::${lines.map((line) => data(brief(line, MESSAGE_LENGTH))).join("%0A")}`;
}

/** In a message only what would end the command, or begin an escape, has to be escaped. */
function data(text: string): string {
  return visible(text).replaceAll("%", "%25");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
