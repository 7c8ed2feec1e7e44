// The one list of what cannot be seen, or changes how the rest is seen.

/**
 * Control and format characters (escapes, bidi marks, zero width), lone surrogates, private and unassigned ones, line
 * separators, what fonts leave out (invisible letters, variation selectors), and spaces that are not " ". The source
 * of a pattern with the flag `u`.
 */
export const HIDDEN = "[\\p{C}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]|(?! )\\p{Zs}";

/** A character as it is shown instead: `\u{1b}`. */
export const escaped = (character: string): string => `\\u{${character.codePointAt(0)?.toString(16)}}`;

/** A code as an escape has it, with leading zeros. */
export const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, "0");

/** A character as JSON escapes it, in one or two parts. */
export const escapedInJson = (character: string): string =>
  Array.from({ length: character.length }, (_, n) => `\\u${hex(character.charCodeAt(n), 4)}`).join("");
