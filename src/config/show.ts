// Makes values safe and short enough to be shown: a file may hold control characters, terminal escapes and
// marks that reorder or hide text, and no complaint may pass those on to a terminal or a pull request.

/** How many characters of a value are shown. */
const SHOWN = 60;

// Control, format (bidi marks, zero width), lone surrogates, line separators, and spaces that are not " ".
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

const escaped = (character: string): string => `\\u{${character.codePointAt(0)?.toString(16)}}`;

/** `text` with everything that cannot be seen written as `\u{..}`, and cut after `length` characters. */
export function printable(text: string, length = SHOWN): string {
  // Cut by code units first, so that a value of many megabytes costs no more than a short one.
  const start = Array.from(text.slice(0, 2 * length + 2));
  const shown = start.slice(0, length).join("").replace(HIDDEN, escaped);
  return start.length > length ? `${shown}…` : shown;
}

/** `text` in double quotes, printable and cut. */
export const quoted = (text: string): string =>
  `"${printable(text.slice(0, 4 * SHOWN).replace(/["\\]/g, "\\$&"))}"`;

/** What a value is, for "… is {this}"; `written` is how the file spells it. */
export function described(value: unknown, written?: string): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number") return printable(written ?? String(value));
  if (typeof value === "boolean") return `\`${printable(written ?? String(value))}\``;
  if (value === null || value === undefined) return "empty";
  return Array.isArray(value) ? "a list" : "a mapping";
}
