// Who made a difference, by the request log. A log says who sent what; that it is the reason is a conclusion, so all the
// requests are told that could be it. Pure.
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

/** What changes balances. Usage is no drift. */
const WRITES = /^\/v1\/(?:balances\.(?:create|update|delete|finalize)|balances\/(?:create|update|delete))$/;

/** The requests of the log that could have made a difference, the newest first. */
export function suspects({ change }: Difference, log: LogRead, namespace: string): readonly LoggedCall[] {
  if (log.status === "none") return [];
  return log.calls.filter(({ path, customerId, body }) => {
    if (!WRITES.test(path) || customerId !== change.customerId) return false;
    const { feature_id: feature, balance_id: balance } = body;
    if (typeof feature === "string" && feature !== change.featureId) return false;
    if (typeof balance !== "string") return true;
    // Calls of this namespace are its own applies, but somebody can send them by hand as well.
    const own = parseRemoteId(namespace, balance);
    return balance === change.row?.balanceId || balance === change.balanceId || own?.key === change.key;
  });
}
