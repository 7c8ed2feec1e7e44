// What a balance grants, as a whole or in one phase: aliases resolved, instants in ms.
import type { BalanceEntry, INTERVALS } from "./balance.ts";
import { instantToMs } from "./instant.ts";

export type Interval = Exclude<(typeof INTERVALS)[number], "one_off">;

/** A cycle: every `intervalCount` intervals. */
export interface Reset {
  readonly interval: Interval;
  readonly intervalCount: number;
}

export interface Rollover {
  /** Units; `null` is no limit. */
  readonly max: number | null;
  /** Percent of the grant; `null` is no limit. */
  readonly maxPercentage: number | null;
  /** Months; without meaning for `forever`. */
  readonly length: number;
  readonly duration: "month" | "forever";
}

/** What a balance grants, as a whole or in one phase. */
export interface Grant {
  /** Units of the feature, granted once or at each reset; `null` for unlimited and for boolean features. */
  readonly included: number | null;
  readonly unlimited: boolean;
  readonly reset: Reset | null;
  readonly rollover: Rollover | null;
}

/** One period of a balance that changes over time. */
export interface Phase extends Grant {
  /** ms since 1970; `null` for a first phase without a start. */
  readonly startsAt: number | null;
  /** ms since 1970; `null` for a last phase without an end. */
  readonly endsAt: number | null;
}

/** A written instant in ms since 1970; `null` if there is none. */
export const instantOf = (written: string | number | undefined): number | null =>
  written === undefined ? null : (instantToMs(written) ?? null);

type WrittenGrant = Pick<BalanceEntry, "included" | "included_grant" | "unlimited" | "reset" | "rollover">;

/** What an entry or a phase grants, aliases resolved. */
export function grantOf(written: WrittenGrant): Grant {
  const { reset, rollover } = written;
  return {
    included: written.included ?? written.included_grant ?? null,
    unlimited: written.unlimited ?? false,
    reset:
      reset === undefined || reset.interval === "one_off"
        ? null
        : { interval: reset.interval, intervalCount: reset.interval_count ?? 1 },
    rollover:
      rollover === undefined
        ? null
        : {
            max: rollover.max ?? null,
            maxPercentage: rollover.max_percentage ?? null,
            length: rollover.length ?? 1,
            duration: rollover.duration,
          },
  };
}

type WrittenPhases = NonNullable<BalanceEntry["phases"]>;

/** The phases as written, with starts and ends filled in from their neighbours. */
export function phasesOf(written: WrittenPhases): Phase[] {
  return written.map((phase, index) => ({
    startsAt: instantOf(phase.starts_at) ?? instantOf(written[index - 1]?.ends_at),
    endsAt: instantOf(phase.ends_at) ?? instantOf(written[index + 1]?.starts_at),
    ...grantOf(phase),
  }));
}
