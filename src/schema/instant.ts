// Instants as people write them: RFC 3339 with a zone, or milliseconds. The pattern is exact (it knows the length of
// every month), so that the published JSON Schema refuses what the loader refuses.

/** 2000-01-01T00:00:00Z in ms since 1970. A smaller amount is almost certainly in seconds, so it is refused. */
export const EARLIEST_MS = 946_684_800_000;
/** 9999-12-31T23:59:59.999Z in ms since 1970. */
export const LATEST_MS = 253_402_300_799_999;

const LEAP_YEAR = "(?:[2-9]\\d(?:0[48]|[2468][048]|[13579][26])|(?:2[048]|[3579][26]|[468][048])00)";
const DATE = [
  "[2-9]\\d{3}-(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])",
  "[2-9]\\d{3}-(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)",
  "[2-9]\\d{3}-02-(?:0[1-9]|1\\d|2[0-8])",
  `${LEAP_YEAR}-02-29`,
].join("|");
const TIME = "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?";
const ZONE = "(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)";

/**
 * The first and the last day, in zones in which they reach beyond the years in UTC: such a moment could not be written
 * in ms, nor in UTC.
 */
const BEYOND = "2000-01-01[^+]+\\+(?!00:00)|9999-12-31[^-]+-(?!00:00)";

/** The source of a regular expression for RFC 3339 date-times of the years 2000 to 9999, with a time zone. */
export const INSTANT_PATTERN = `^(?!${BEYOND})(?:${DATE})[Tt ]${TIME}${ZONE}$`;

const INSTANT = new RegExp(INSTANT_PATTERN);

/**
 * A written instant in ms since 1970; fractions of a millisecond are cut off.
 * @returns `undefined` when the text or amount is not an instant of the years 2000 to 9999
 */
export function instantToMs(written: string | number): number | undefined {
  if (typeof written === "number") {
    return Number.isInteger(written) && written >= EARLIEST_MS && written <= LATEST_MS ? written : undefined;
  }
  if (!INSTANT.test(written)) return undefined;
  const ms = Date.parse(
    written
      .replace(" ", "T")
      .replace("t", "T")
      .replace("z", "Z")
      .replace(/(\.\d{3})\d+/, "$1"),
  );
  return Number.isNaN(ms) ? undefined : ms;
}

/** An instant in ms since 1970 as RFC 3339 in UTC, without a zero fraction: `2027-01-31T00:00:00Z`. */
export function msToInstant(ms: number): string {
  const text = new Date(ms).toISOString();
  return text.endsWith(".000Z") ? `${text.slice(0, -5)}Z` : text;
}
