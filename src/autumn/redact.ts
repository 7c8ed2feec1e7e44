// Removes the secret key from texts that are about to be shown, however it is encoded in them.

/** Shorter keys would match everywhere. */
const SHORTEST_KEY = 4;
/** So many characters of base64 do not match by chance. */
const SHORTEST_BASE64 = 12;
/** The backslash of an escape, which may itself be escaped. */
const BACKSLASH = "(?:\\\\|%5c){1,4}";
const INSTEAD = "[secret key]";

/** So many characters of the key are looked for before the whole of it is. */
const BEGINNING = 4;

interface Patterns {
  readonly key: string;
  /** Found in every text that has the key. That of the whole key takes as long to compile as many a command to run. */
  readonly beginning: RegExp;
  whole?: RegExp;
}

let last: Patterns | undefined;

/**
 * Replaces the key wherever it occurs in a text: as it is, with characters escaped as in URLs, JSON, JavaScript or
 * HTML, or within base64.
 */
export function redact(text: string, secretKey: string): string {
  if (secretKey.length < SHORTEST_KEY) return text;
  if (last?.key !== secretKey) last = { key: secretKey, beginning: patternOf(secretKey, BEGINNING) };
  if (text.search(last.beginning) === -1) return text;
  last.whole ??= patternOf(secretKey);
  return text.replace(last.whole, INSTEAD);
}

/** @param length how many characters of the key, where it is not in base64 */
function patternOf(key: string, length?: number): RegExp {
  const spelled = [...key].slice(0, length).map(spellingsOf).join("");
  return new RegExp([spelled, ...base64Of(key)].join("|"), "giu");
}

/** A pattern for one character, escaped or not. */
function spellingsOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16).padStart(2, "0");
  const escapes = [`${BACKSLASH}(?:u0*|x)${hex}`, `%(?:25)?${hex}`, `&#(?:0*${code}|x0*${hex});`];
  const literal = `${/\w/.test(character) ? "" : `(?:${BACKSLASH})?`}\\u{${hex}}`;
  return `(?:${[...escapes, literal].join("|")})`;
}

/** The key in base64, for each of its three alignments to groups of three bytes. */
function base64Of(key: string): string[] {
  const bytes = Buffer.from(key);
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64url");
    // The outermost characters also encode bits of what stands before and after the key.
    const first = Math.ceil((before * 8) / 6);
    const own = encoded.slice(first, Math.floor(((before + bytes.length) * 8) / 6));
    return own.length < SHORTEST_BASE64 ? [] : [own.replaceAll("-", "[-+]").replaceAll("_", "[_/]")];
  });
}
