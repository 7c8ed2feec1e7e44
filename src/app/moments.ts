// Moments as options write them.
import { InvalidArgumentError } from "commander";
import { instantToMs } from "../schema/index.ts";
import { MS_OF, SPAN } from "./options.ts";

/** A moment in ms since 1970, or a time from another one in ms. */
export type When = { readonly at: number } | { readonly after: number };

const DAY_PATTERN = /^\d{4}-\d\d-\d\d$/;

/** `2026-10-01`, `2026-10-01T12:00:00Z` → ms since 1970. */
export function moment(written: string): number {
  const at = momentIn(written);
  if (at === undefined) throw new InvalidArgumentError("Write it like 2026-10-01 or 2026-10-01T12:00:00Z.");
  return at;
}

const momentIn = (written: string): number | undefined =>
  instantToMs(DAY_PATTERN.test(written) ? `${written}T00:00:00Z` : written);

/** A moment as above, or `36h`, `90d`, `12w` after another one. */
export function when(written: string): When {
  const [, amount, unit] = SPAN.exec(written) ?? [];
  if (unit !== undefined) return { after: Number(amount) * (MS_OF[unit] ?? 0) };
  const at = momentIn(written);
  if (at === undefined)
    throw new InvalidArgumentError("Write it like 2026-10-01, 2026-10-01T12:00:00Z, 36h, 90d or 12w.");
  return { at };
}
