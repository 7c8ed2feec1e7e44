// Explains what is wrong with a moment: no zone, no time, no such day, or an amount in seconds.
import { EARLIEST_MS, instantToMs, LATEST_MS, msToInstant } from "../../schema/index.ts";
import { printable, quoted } from "../../text/index.ts";
import { described } from "./described.ts";
import { bare, type Explanation, explanation, type WrongValue } from "./explanation.ts";
import { explainSpace } from "./space.ts";

const EXAMPLE = "2027-01-31T00:00:00Z";

export function explainInstant(wrong: WrongValue): Explanation {
  const { name, value, written } = wrong;
  const field = `\`${printable(name)}\``;
  if (typeof value === "number") return explainAmount(field, value, written);
  if (typeof value === "string") {
    if (!isInstantText(value.trim())) return explainText(field, value, bare(wrong));
    const last = name.slice(name.lastIndexOf(".") + 1);
    const written = (text: string) => text;
    const spaced = { code: "bad-instant", name: last, value, isRight: isInstantText, written };
    return explainSpace(`${field} is ${quoted(value)}`, spaced);
  }
  const message = `${field} is ${described(value, written)}, but must be a moment`;
  return explanation("bad-instant", message, `write it like ${EXAMPLE}`);
}

const isInstantText = (text: string): boolean => {
  const ms = instantToMs(text);
  return ms !== undefined && isInstant(ms);
};

const isInstant = (ms: number): boolean => ms >= EARLIEST_MS && ms <= LATEST_MS;

function explainAmount(field: string, value: number, written?: string): Explanation {
  const is = `${field} is ${described(value, written)}`;
  const rewrite = (ms: number) => `write ${ms} or ${msToInstant(ms)}`;
  if (!Number.isInteger(value) && isInstant(Math.trunc(value))) {
    return explanation("bad-instant", `${is}, but must be whole milliseconds`, rewrite(Math.trunc(value)));
  }
  const fromSeconds = Math.round(value * 1000);
  if (isInstant(fromSeconds)) {
    return explanation("looks-like-seconds", `${is}, which looks like seconds`, rewrite(fromSeconds));
  }
  const fromMicroseconds = Math.trunc(value / 1000);
  if (isInstant(fromMicroseconds)) {
    return explanation("bad-instant", `${is}, which looks like microseconds`, rewrite(fromMicroseconds));
  }
  const message = `${is}, but must be milliseconds since 1970, of the years 2000 to 9999`;
  return explanation("bad-instant", message, `write it like ${EXAMPLE}`);
}

const DAY = /^(\d{4})-(\d{2})-(\d{2})/;

function explainText(field: string, value: string, asNumber: string): Explanation {
  const is = `${field} is ${quoted(value)}`;
  const [, year, month, day] = (DAY.exec(value) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) {
    const message = `${is}, which is not a moment`;
    const amount = /^\d{10,13}$/.test(value) ? Number(value) : undefined;
    const asMs = amount === undefined ? undefined : amount < EARLIEST_MS ? amount * 1000 : amount;
    const fix =
      asMs === undefined
        ? `write it like ${EXAMPLE}`
        : `write ${asMs}${asNumber}${asNumber === "" ? "" : ","} or ${msToInstant(asMs)}`;
    return explanation("bad-instant", message, fix);
  }
  if (month < 1 || month > 12)
    return explanation("bad-instant", `${is}, but there is no month ${month}`, `write it like ${EXAMPLE}`);
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (day < 1 || day > days) {
    const text = value.slice(0, 7);
    return explanation(
      "bad-instant",
      `${is}, but ${text} has no day ${day}`,
      `its last day is ${text}-${days}`,
    );
  }
  if (year < 2000)
    return explanation(
      "bad-instant",
      `${is}, but must be of the years 2000 to 9999`,
      `write it like ${EXAMPLE}`,
    );
  if (value.length === 10) {
    const hint = `write ${value}T00:00:00Z for its start, ${value}T23:59:59Z for its end`;
    return explanation("bad-instant", `${is}, a date without time and time zone`, hint);
  }
  const withZone = `${value}Z`;
  if (instantToMs(withZone) !== undefined) {
    const hint = `write ${printable(withZone)} for UTC, or end it with your zone: ${printable(value)}+01:00`;
    return explanation("bad-instant", `${is}, which has no time zone`, hint);
  }
  const withSeconds = value.replace(/([T ]\d{2}:\d{2})(?!:|\d)/i, "$1:00");
  const complete = [withSeconds, `${withSeconds}Z`].find((text) => instantToMs(text) !== undefined);
  if (complete !== undefined)
    return explanation(
      "bad-instant",
      `${is}, which is not complete`,
      `write ${complete}, with your zone in place of Z`,
    );
  const inUtc = value.replace(/[+-]\d{2}:\d{2}$/, "Z");
  if (instantToMs(inUtc) !== undefined) {
    return explanation(
      "bad-instant",
      `${is}, but must be of the years 2000 to 9999 in UTC`,
      `write ${inUtc}`,
    );
  }
  return explanation("bad-instant", `${is}, which is not a moment`, `write it like ${EXAMPLE}`);
}
