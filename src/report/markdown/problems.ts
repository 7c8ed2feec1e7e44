// What is wrong, as Markdown: for a comment where a plan could not be made, and within one where it was.
import type { Problem } from "../../schema/index.ts";
import { count, units } from "../words.ts";
import { COMMENT_LIMIT, Room } from "./length-limit.ts";
import { markdownPen } from "./pen.ts";

export interface ProblemsMarkdownOptions {
  /** What the problems are of: `There is no plan` when left out. */
  readonly heading?: string;
  /** The most that the document may have, in bytes of UTF-8; by default what GitHub takes in a comment. */
  readonly limit?: number;
}

/** How many problems are listed. */
const LISTED = 50;

/** Bytes kept free for the heading and for how many more problems there are. */
const FRAME = 300;

/** A heading and a list; ends with a line break. */
export function problemsMarkdown(
  problems: readonly Problem[],
  { heading = "There is no plan", limit = COMMENT_LIMIT }: ProblemsMarkdownOptions = {},
): string {
  const room = new Room(limit - FRAME);
  const items: string[] = [];
  for (const problem of problems.slice(0, LISTED)) {
    const item = `- ${problemMarkdown(problem)}`;
    if (!room.take(item)) break;
    items.push(item);
  }
  if (items.length < problems.length) items.push(`- and ${units(problems.length - items.length)} more`);
  return `### ${heading}: ${count(problems.length, "problem")}\n\n${items.join("\n")}\n`;
}

/** The place, the problem and the way out, on one line. */
export function problemMarkdown({ message, hint, place }: Problem): string {
  const where = place === undefined ? "" : `${markdownPen.id(`${place.file}:${place.line}`)}: `;
  const way = hint === undefined ? "" : `<br>Hint: ${markdownPen.prose(hint)}`;
  return `${where}${markdownPen.prose(message)}${way}`;
}
