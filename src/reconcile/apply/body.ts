// A declared balance as the body of balances.create.
import type { CreateBalanceBody } from "../../autumn/index.ts";
import type { DesiredBalance } from "../../schema/index.ts";
import { nextBoundary } from "../interval.ts";

/**
 * @param now ms since 1970
 * @param first what differs at creation: the first grant (units), the first reset (ms since 1970)
 */
export function createBody(
  desired: DesiredBalance,
  balanceId: string,
  now: number,
  first: { grant?: number | null; nextResetAt?: number | null } = {},
): CreateBalanceBody {
  const { reset, rollover } = desired;
  const grant = first.grant ?? desired.included;
  const boundary = first.nextResetAt ?? desired.nextResetAt;
  // The API takes only future moments: once the declared one has passed, the next boundary of its cycle is sent.
  const nextResetAt = boundary !== null && reset !== null ? nextBoundary(boundary, reset, now) : null;
  return {
    customer_id: desired.customerId,
    feature_id: desired.featureId,
    ...(desired.entityId === null ? {} : { entity_id: desired.entityId }),
    ...(desired.unlimited ? { unlimited: true } : grant === null ? {} : { included_grant: grant }),
    ...(reset === null
      ? {}
      : {
          reset: {
            interval: reset.interval,
            ...(reset.intervalCount === 1 ? {} : { interval_count: reset.intervalCount }),
          },
        }),
    ...(rollover === null
      ? {}
      : {
          rollover: {
            ...(rollover.max === null ? {} : { max: rollover.max }),
            ...(rollover.maxPercentage === null ? {} : { max_percentage: rollover.maxPercentage }),
            // Required even with `forever`, where it means nothing.
            length: rollover.length,
            duration: rollover.duration,
          },
        }),
    ...(desired.expiresAt === null ? {} : { expires_at: desired.expiresAt }),
    ...(nextResetAt === null ? {} : { next_reset_at: nextResetAt }),
    balance_id: balanceId,
  };
}
