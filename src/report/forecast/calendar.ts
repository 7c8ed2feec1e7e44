// What happens to balances, as a calendar according to RFC 5545. Ids come from outside: whatever they hold, they stay
// text within their line.
import { createHash } from "node:crypto";
import type { ForecastEvent } from "../../forecast/index.ts";
import { visible } from "../../text/index.ts";
import { eventText, type ForecastReport, USAGE_UNKNOWN } from "./words.ts";

/** The most octets of a line, without its end (RFC 5545, 3.1). */
const LINE_OCTETS = 75;

/** What `forecast --format ics` prints. */
export function forecastCalendar({ namespace, forecast }: ForecastReport): string {
  const stamp = utc(forecast.from);
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//autumn-balances//forecast//EN",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    ...forecast.events.flatMap((event) => eventLines(event, namespace, stamp)),
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join("");
}

function eventLines(event: ForecastEvent, namespace: string, stamp: string): string[] {
  const { at, entry } = event;
  const { customerId, key, place } = entry;
  const where = place === undefined ? [] : [`declared in ${place.file}:${place.line}:${place.column}`];
  return [
    "BEGIN:VEVENT",
    `UID:${uidOf(event, namespace)}`,
    `DTSTAMP:${stamp}`,
    `DTSTART:${utc(at)}`,
    `SUMMARY:${text(`${customerId}: ${key} ${eventText(event)}`)}`,
    `DESCRIPTION:${text([`namespace ${namespace}`, ...where, USAGE_UNKNOWN].map(visible).join("\n"))}`,
    `CATEGORIES:${event.kind.toUpperCase()}`,
    "TRANSP:TRANSPARENT",
    "END:VEVENT",
  ];
}

/** The same for the same event in every forecast, so that importing the calendar again adds no event twice. */
function uidOf({ at, kind, entry }: ForecastEvent, namespace: string): string {
  const name = JSON.stringify([namespace, entry.customerId, entry.key, kind, at]);
  return `${createHash("sha256").update(name).digest("hex").slice(0, 40)}@autumn-balances`;
}

/** `20270131T000000Z` */
const utc = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;

/** A value of type TEXT: line breaks, commas, semicolons and backslashes are escaped (3.3.11). */
const text = (value: string): string =>
  value
    .split("\n")
    .map(visible)
    .join("\n")
    .replaceAll(/[\\;,]/g, "\\$&")
    .replaceAll("\n", "\\n");

/** In lines of at most 75 octets, all but the first with a space before it, and no character cut in two. */
export function folded(line: string): string {
  let lines = "";
  let octets = 0;
  for (const character of line) {
    const length = Buffer.byteLength(character);
    if (octets + length > LINE_OCTETS) {
      lines += "\r\n ";
      octets = 1;
    }
    lines += character;
    octets += length;
  }
  return lines;
}
