// What is wrong, for people: a line for each problem, as compilers write it, and the way out below it.
import type { Place, Problem } from "../../schema/index.ts";
import { brief, MESSAGE_LENGTH } from "../../text/index.ts";
import { units } from "../words.ts";
import { type Palette, palette } from "./palette.ts";

/** How bad it is: `refused` is what a guard says. */
export type Severity = "error" | "warning" | "refused";

/** The most problems alike that are all shown. */
const MOST_ALIKE = 5;
/** Of more than that, so many are shown; the others are counted. */
const SHOWN_ALIKE = 3;

/** All problems, those alike cut short; ends with a line break unless there are none. */
export function problemsText(
  problems: readonly Problem[],
  options: { readonly colours?: boolean; readonly severity?: Severity } = {},
): string {
  const paint = palette(options.colours ?? false);
  const alike = new Map<string, Problem[]>();
  for (const problem of problems) {
    const others = alike.get(likeness(problem));
    if (others === undefined) alike.set(likeness(problem), [problem]);
    else others.push(problem);
  }
  const lines = problems.flatMap((problem) => {
    const all = alike.get(likeness(problem)) ?? [];
    const isShown = all.length <= MOST_ALIKE || all.slice(0, SHOWN_ALIKE).includes(problem);
    if (isShown) return problemLines(problem, options.severity ?? "error", paint);
    return problem === all.at(-1) ? [moreAlike(all.length - SHOWN_ALIKE, problem)] : [];
  });
  return lines.map((line) => `${line}\n`).join("");
}

const likeness = ({ code, message, hint }: Problem): string => JSON.stringify([code, message, hint]);

const moreAlike = (count: number, { place }: Problem): string =>
  `  ${units(count)} more like this${place === undefined ? "" : `, the last at ${placeText(place)}`}`;

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
