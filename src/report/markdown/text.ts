// A text that was written for terminals, as Markdown: its first line as a heading, and the rest as it is.

import { units } from "../words.ts";
import { COMMENT_LIMIT, Room } from "./length-limit.ts";
import { markdownPen } from "./pen.ts";

export interface TextMarkdownOptions {
  /** The most that the document may have, in bytes of UTF-8; by default what GitHub takes in a comment. */
  readonly limit?: number;
}

/** Bytes kept free for fences, and for how many lines were left out. */
const FRAME = 300;

/** Ends with a line break. Whole lines are left out where there is no room, and counted. */
export function textMarkdown(text: string, { limit = COMMENT_LIMIT }: TextMarkdownOptions = {}): string {
  const [first = "", ...lines] = text.trimEnd().split("\n");
  const heading = `### ${markdownPen.prose(first)}\n`;
  const rest = lines.join("\n").replace(/^\n+/, "").split("\n");
  if (rest.every((line) => line === "")) return heading;
  const ticks = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(Math.max(3, ticks + 1));
  const room = new Room(limit - FRAME - Buffer.byteLength(heading) - 2 * fence.length);
  const shown: string[] = [];
  for (const line of rest) {
    if (!room.take(line)) break;
    shown.push(line);
  }
  const hidden = rest.length - shown.length;
  const more =
    hidden === 0 ? [] : ["", `For ${units(hidden)} more lines there is no room; the log has them.`];
  return `${[heading, `${fence}text`, ...shown, fence, ...more].join("\n")}\n`;
}
