// Makes text from outside safe to read: ids and API messages may hold terminal escapes, characters that reorder or hide
// text, line breaks, and words that a CI system would take for commands.
import { escaped, escapedInJson, HIDDEN } from "./hidden.ts";

/** How many characters of an id are shown. */
export const ID_LENGTH = 200;
/** How many characters of a message are shown. */
export const MESSAGE_LENGTH = 1000;

/** `##[group]` and `##vso[task…]` are commands anywhere in a line of a CI log. */
const CI_COMMAND = "(?<=#)#(?=\\[|vso\\[)";

/** Printable ASCII without a command, which nearly all text is: a fast path. */
const HARMLESS = /^(?:[ -"$-~]|#(?!#))*$/;
const HARMFUL = new RegExp(`${HIDDEN}|${CI_COMMAND}`, "gu");
const HIDDEN_IN_JSON = new RegExp(`(?!\\n)(?:${HIDDEN})`, "gu");

/** `text` with everything harmful written as `\u{…}`. Applying it twice makes no difference. */
export function visible(text: string): string {
  return HARMLESS.test(text) ? text : text.replace(HARMFUL, escaped);
}

/** The same for a text of several lines, which keeps its line breaks. */
export const visibleLines = (text: string): string => text.split("\n").map(visible).join("\n");

/** Visible, and shortened in the middle to `length` characters, so that both ends can be recognised. */
export function brief(text: string, length = ID_LENGTH): string {
  if (text.length <= length) return visible(text);
  const characters = Array.from(text);
  if (characters.length <= length) return visible(text);
  const head = Math.ceil((length - 1) / 2);
  const tail = length - 1 - head;
  return `${visible(characters.slice(0, head).join(""))}…${visible(characters.slice(-tail).join(""))}`;
}

/** The same for finished JSON, where escapes lose nothing: parsed, it is the same document. */
export function visibleJson(json: string): string {
  return json.replace(HIDDEN_IN_JSON, escapedInJson);
}
