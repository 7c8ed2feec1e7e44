// The one list of characters that are invisible or change how others are shown.

/**
 * Control and format characters (escapes, bidi marks, zero width), lone surrogates, private and unassigned characters,
 * line separators, characters that fonts omit (invisible letters, variation selectors), and spaces other than " ". The
 * source of a regular expression with the flag `u`.
 */
export const HIDDEN = "[\\p{C}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]|(?! )\\p{Zs}";

/** The escape that is shown instead of a character: `\u{1b}`. */
export const escaped = (character: string): string => `\\u{${character.codePointAt(0)?.toString(16)}}`;

/** A character code in hexadecimal, with leading zeros. */
export const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, "0");

/** A character as one or two JSON escapes. */
export const escapedInJson = (character: string): string =>
  Array.from({ length: character.length }, (_, n) => `\\u${hex(character.charCodeAt(n), 4)}`).join("");
