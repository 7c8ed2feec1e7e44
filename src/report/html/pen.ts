// HTML in which nothing from outside is more than text.

import { brief, ID_LENGTH, MESSAGE_LENGTH } from "../../text/index.ts";
import type { Pen } from "../text/pen.ts";
import { escapeHtml } from "./escape.ts";

/** What needs neither escaping nor a closer look, as nearly all ids do. */
const PLAIN = /^(?! *$)[\w .:,;@()/~-]{1,200}$/;

/** Text on one line, at most as long as an id may be. */
export function idText(text: string): string {
  if (PLAIN.test(text)) return text;
  if (/^ *$/.test(text)) return text === "" ? "(empty)" : "(blank)";
  return escapeHtml(brief(text, ID_LENGTH));
}

export const htmlPen: Pen = {
  id: (text) => `<code>${idText(text)}</code>`,
  // What messages quote in backticks is code.
  prose: (text) => escapeHtml(brief(text, MESSAGE_LENGTH)).replace(/`([^`]+)`/g, "<code>$1</code>"),
};
