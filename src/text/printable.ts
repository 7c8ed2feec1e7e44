// Values as messages quote them: visible, and cut at the end. A file may hold anything.
import { escaped, HIDDEN } from "./hidden.ts";

/** How many characters of a value are shown. */
const SHOWN = 60;

const EACH_HIDDEN = new RegExp(HIDDEN, "gu");

/** `text` with everything invisible written as `\u{…}`, cut after `length` characters. */
export function printable(text: string, length = SHOWN): string {
  // Cut by code units first, so that a value of many megabytes costs no more than a short one.
  const start = Array.from(text.slice(0, 2 * length + 2));
  const shown = start.slice(0, length).join("").replace(EACH_HIDDEN, escaped);
  return start.length > length ? `${shown}…` : shown;
}

/** `text` in double quotes, printable and cut. */
export const quoted = (text: string): string =>
  `"${printable(text.slice(0, 4 * SHOWN).replace(/["\\]/g, "\\$&"))}"`;

/** An id within a sentence; in quotes if its ends would be invisible. */
export const named = (id: string): string => (/^\s|\s$|^$/.test(id) ? quoted(id) : id);
