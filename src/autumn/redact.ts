// Takes the secret key out of texts that are about to be shown, however it is spelled in them.

/** Shorter texts would be found everywhere. */
const SHORTEST_KEY = 4;
/** Characters of base64 that are too many to be there by chance. */
const SHORTEST_BASE64 = 12;
/** Of an escape, which may itself have been escaped. */
const BACKSLASH = "(?:\\\\|%5c){1,4}";
const INSTEAD = "[secret key]";

let last: { key: string; pattern: RegExp } | undefined;

/**
 * Replaces the key wherever it stands in a text: as it is, with characters written as escapes of URLs, JSON,
 * JavaScript or HTML, or within base64.
 */
export function redact(text: string, secretKey: string): string {
  if (secretKey.length < SHORTEST_KEY) return text;
  if (last?.key !== secretKey) last = { key: secretKey, pattern: patternOf(secretKey) };
  return text.replace(last.pattern, INSTEAD);
}

function patternOf(key: string): RegExp {
  const spelled = [...key].map(spellingsOf).join("");
  return new RegExp([spelled, ...base64Of(key)].join("|"), "giu");
}

/** One character as it is escaped, and as it is. */
function spellingsOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16).padStart(2, "0");
  const escapes = [
    `${BACKSLASH}u0*${hex}`,
    `${BACKSLASH}x${hex}`,
    `%(?:25)?${hex}`,
    `&#0*${code};`,
    `&#x0*${hex};`,
  ];
  const literal = `${/\w/.test(character) ? "" : `(?:${BACKSLASH})?`}\\u{${hex}}`;
  return `(?:${[...escapes, literal].join("|")})`;
}

/** What base64 makes of the key, for each of the three ways it can lie across groups of three bytes. */
function base64Of(key: string): string[] {
  const bytes = Buffer.from(key);
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64url");
    // The outermost characters are shared with what stands before and after the key.
    const first = Math.ceil((before * 8) / 6);
    const own = encoded.slice(first, Math.floor(((before + bytes.length) * 8) / 6));
    return own.length < SHORTEST_BASE64 ? [] : [own.replaceAll("-", "[-+]").replaceAll("_", "[_/]")];
  });
}
