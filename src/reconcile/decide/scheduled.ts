// What changes by time alone: entries that start later, and next phases. Pure.
import { type DesiredBalance, nextStart } from "../../schema/index.ts";
import { compareText } from "../../text/index.ts";
import type { Scheduled } from "../types.ts";

/** @param now ms since 1970 */
export function scheduledOf(balances: readonly DesiredBalance[], now: number): Scheduled[] {
  return balances
    .flatMap((balance) => {
      const next = nextStart(balance, now);
      if (next?.startsAt === undefined) return [];
      const { customerId, key, featureId, entityId, startsAt } = next;
      return [{ customerId, key, featureId, entityId, startsAt, desired: next }];
    })
    .sort(
      (a, b) =>
        a.startsAt - b.startsAt || compareText(a.customerId, b.customerId) || compareText(a.key, b.key),
    );
}

/** Whether an entry has started at `now`, in ms since 1970. */
export const hasStarted = ({ startsAt }: DesiredBalance, now: number): boolean =>
  startsAt === undefined || startsAt <= now;
