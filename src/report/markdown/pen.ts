// Markdown that stays what it was meant to be, whatever ids contain. Values become code spans, in which nothing is a
// link, a mention, a reference to an issue, HTML or emphasis, neither to Markdown nor to the sites that look for more
// in its text. In sentences, everything that is not plainly a word or an amount becomes a code span.

import { brief, visible } from "../../text/index.ts";
import { escapeHtml } from "../html/escape.ts";
import type { Pen } from "../text/pen.ts";

/** How many characters of an id are shown. */
const ID_LENGTH = 100;
/** How many characters of a sentence are shown. */
const PROSE_LENGTH = 400;

/** Letters with inner hyphens or apostrophes, amounts, and the punctuation around them. */
const WORD = /^\(?(?:[A-Za-z]+(?:['-][A-Za-z]+)*|\d{1,3}(?:[,.]?\d{3})*(?:\.\d{1,6})?|%)\)?[,.;:?!]?$/;
/** What begins a list at the start of a line. */
const LIST = /^\d+[.)]$/;
/** What a site may turn into a reference to a commit or an issue. */
const REFERENCE = /^\(?(?:[0-9a-f]{7,40}|gh-.*)\b/i;

/** Text in which Markdown means nothing, on one line. Also in a cell of a table, if it has no `|`. */
export function codeSpan(text: string): string {
  const content = text === "" ? "(empty)" : text;
  if (!content.includes("`") && !/^ | $/.test(content)) return `\`${content}\``;
  const longest = Math.max(0, ...(content.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  // Markdown takes one space off each end when both ends have one, unless there are only spaces.
  const pad = content.trim() === "" ? "" : " ";
  return `${fence}${pad}${content}${pad}${fence}`;
}

/** Made visible before it is cut, so that no id takes more room than others. */
const shortened = (text: string, length: number): string => brief(visible(text), length);

function sentence(text: string): string {
  const pieces = shortened(text, PROSE_LENGTH).match(/`[^`]+`[,.;:)]*(?=\s|$)|\S+/g) ?? [];
  return pieces
    .map((piece, index) => {
      const [, code, punctuation] = /^`([^`]+)`([,.;:)]*)$/.exec(piece) ?? [];
      if (code !== undefined) return `${codeSpan(code)}${punctuation}`;
      if (piece === "→" || piece === "…") return piece;
      const isPlain = WORD.test(piece) && !REFERENCE.test(piece) && !(index === 0 && LIST.test(piece));
      return isPlain ? piece : codeSpan(piece);
    })
    .join(" ");
}

/** What can be written as it is between backticks, as nearly all ids can. */
const PLAIN = /^[\w.:@-]{1,100}$/;

export const markdownPen: Pen = {
  id: (text) => (PLAIN.test(text) ? `\`${text}\`` : codeSpan(shortened(text, ID_LENGTH))),
  prose: sentence,
};

/**
 * A backslash before a pipe keeps it from ending the cell. A pipe that follows a backslash already is written as
 * `\u{7c}`: with another one, the two backslashes would read as one that is escaped.
 */
const inCell = (text: string): string =>
  text.includes("|") ? text.replace(/\\\|/g, "\\\\u{7c}").replaceAll("|", "\\|") : text;

/** The same within a table. */
export const cellPen: Pen = {
  id: (text) => inCell(markdownPen.id(text)),
  prose: (text) => inCell(sentence(text)),
};

/** For the lines of HTML that Markdown lets through as they are. Sites leave `<code>` alone as they do code spans. */
export const summaryPen: Pen = {
  id: (text) => `<code>${escapeHtml(shortened(text, ID_LENGTH)) || "(empty)"}</code>`,
  prose: (text) => `<code>${escapeHtml(shortened(text, PROSE_LENGTH))}</code>`,
};

/** A link where the target is one, and otherwise the name of a file. */
export function linkOrName(words: string, target: string): string {
  const url = /^https?:\/\//i.test(target) && URL.canParse(target) ? new URL(target).href : null;
  if (url === null) return `${words}: ${codeSpan(visible(target))}`;
  return `[${words}](<${url.replace(/[<>\\\s|]/g, encodeURIComponent)}>)`;
}
