// Who caused a difference, by the request log. The log does not say which request was the cause, so all that could be
// are returned. Pure.
import type { LoggedCall } from "../../autumn/index.ts";
import { parseRemoteId } from "../remote-id.ts";
import type { Difference } from "./drift.ts";

/** What the log said. */
export type LogRead =
  | {
      readonly status: "read";
      /** The newest first. */
      readonly calls: readonly LoggedCall[];
      /** Whether the log has more than was given, so that older requests are missing. */
      readonly isCut: boolean;
    }
  | { readonly status: "none"; readonly reason: string };

/** Routes that change balances. Tracked usage is no drift. */
const WRITES = /^\/v1\/(?:balances\.(?:create|update|delete|finalize)|balances\/(?:create|update|delete))$/;

/** The requests in the log that could have caused a difference, newest first. */
export function suspects({ change }: Difference, log: LogRead, namespace: string): readonly LoggedCall[] {
  if (log.status === "none") return [];
  return log.calls.filter(({ path, customerId, body }) => {
    if (!WRITES.test(path) || customerId !== change.customerId) return false;
    const { feature_id: feature, balance_id: balance } = body;
    if (typeof feature === "string" && feature !== change.featureId) return false;
    if (typeof balance !== "string") return true;
    // A call with an id of this namespace is usually one of our applies, but somebody may have sent it by hand.
    const own = parseRemoteId(namespace, balance);
    return balance === change.row?.balanceId || balance === change.balanceId || own?.key === change.key;
  });
}
