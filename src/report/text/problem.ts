// What is wrong, for people: a line for each problem, as compilers write it, and the way out below it.
import type { Place, Problem } from "../../schema/index.ts";
import { brief, MESSAGE_LENGTH } from "../../text/index.ts";
import { type Palette, palette } from "./palette.ts";

/** How bad it is: `refused` is what a guard says. */
export type Severity = "error" | "warning" | "refused";

/** All problems; ends with a line break unless there are none. */
export function problemsText(
  problems: readonly Problem[],
  options: { readonly colours?: boolean; readonly severity?: Severity } = {},
): string {
  const paint = palette(options.colours ?? false);
  return problems
    .flatMap((problem) => problemLines(problem, options.severity ?? "error", paint))
    .map((line) => `${line}\n`)
    .join("");
}

export function problemLines(problem: Problem, severity: Severity, paint: Palette): string[] {
  const colour = severity === "warning" ? paint.yellow : paint.red;
  const place = problem.place === undefined ? "" : `${placeText(problem.place)}: `;
  const line = `${place}${colour(`${severity}:`)} ${brief(problem.message, MESSAGE_LENGTH)}`;
  return problem.hint === undefined ? [line] : [line, `  hint: ${brief(problem.hint, MESSAGE_LENGTH)}`];
}

function placeText({ file, line, column }: Place): string {
  // At the start of a line `::` would begin a command of GitHub's.
  return `${brief(file)}:${line}:${column}`.replace(/^ *::/, "./$&");
}
