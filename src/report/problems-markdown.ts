// What is wrong, as Markdown: for a comment where a plan could not be made, and within one where it was.
import type { Problem } from "../schema/index.ts";
import { markdownPen } from "./markdown-pen.ts";
import { count, units } from "./words.ts";

/** How many problems are listed. */
const LISTED = 50;

/** A heading and a list; ends with a line break. */
export function problemsMarkdown(problems: readonly Problem[]): string {
  const items = problems.slice(0, LISTED).map((problem) => `- ${problemMarkdown(problem)}`);
  if (problems.length > LISTED) items.push(`- and ${units(problems.length - LISTED)} more`);
  return `### There is no plan: ${count(problems.length, "problem")}\n\n${items.join("\n")}\n`;
}

/** The place, the problem and the way out, on one line. */
export function problemMarkdown({ message, hint, place }: Problem): string {
  const where = place === undefined ? "" : `${markdownPen.id(`${place.file}:${place.line}`)}: `;
  const way = hint === undefined ? "" : `<br>Hint: ${markdownPen.prose(hint)}`;
  return `${where}${markdownPen.prose(message)}${way}`;
}
