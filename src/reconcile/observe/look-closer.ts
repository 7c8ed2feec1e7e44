// Looks closer where lists do not show enough to decide.
import type { Changes } from "../decide/changes.ts";
import { parseRemoteId } from "../remote-id.ts";
import { isOverdue } from "../row.ts";
import type { PlanEnvironment, PlanRequest } from "../types.ts";
import type { Observer } from "./observe.ts";
import { forEachOf } from "./pool.ts";

/** Customers whose creation grants are looked at one by one without being asked: some ten seconds' worth. */
const UNASKED_READS = 200;

export interface CloserLook {
  /** Customers that were not read, because they are many and nobody asked for it. */
  readonly unread: number;
  /** Customers that were read. */
  readonly read: number;
}

/**
 * Lists show neither the grant given at creation nor the rollover, which decide whether a row that resets is as
 * declared. Reads the customers where that matters one by one.
 */
export async function lookCloser(
  observer: Observer,
  changes: Changes,
  { namespace, checkGrants, concurrency }: Pick<PlanRequest, "namespace" | "checkGrants" | "concurrency">,
  { signal, onEvent }: PlanEnvironment,
  now: number,
): Promise<CloserLook> {
  const needed = new Set<string>();
  const wanted = new Set<string>();
  /** Customers of whom a public read tells more: what is rolled over, or that a reset has been carried out by it. */
  const openly = new Set<string>();
  for (const change of changes.declared) {
    const { row, customerId, kind, reasons } = change;
    if (kind !== "none" && observer.partlyRead.has(customerId)) needed.add(customerId);
    if (row === null) continue;
    if (isOverdue(row, now) || (kind === "replace" && row.rollover !== null)) openly.add(customerId);
    if (row.boolean || row.unlimited || row.creationGrant !== undefined) continue;
    const severalRows =
      kind === "replace" && reasons.some(({ code }) => code === "interrupted" || code === "duplicate");
    // Older versions left it to the creation grant to say whether usage has been counted.
    const successor = row.resetsAt === null && (parseRemoteId(namespace, row.balanceId)?.generation ?? 1) > 1;
    if (severalRows || change.desired?.rollover || (successor && kind !== "none")) needed.add(customerId);
    else if (row.resetsAt !== null) wanted.add(customerId);
  }
  for (const customerId of needed) wanted.delete(customerId);
  const asked = checkGrants === "always" || (checkGrants === "auto" && wanted.size <= UNASKED_READS);
  const unread = asked || !observer.showsCreationGrants ? 0 : wanted.size;
  if (asked) for (const customerId of wanted) needed.add(customerId);
  if (!observer.showsCreationGrants) {
    for (const customerId of needed) if (!observer.partlyRead.has(customerId)) needed.delete(customerId);
  }
  const reading = new Set([...needed, ...openly]);
  if (reading.size === 0) return { unread, read: 0 };
  onEvent?.({ type: "verify-grants", customers: reading.size });
  await forEachOf(
    reading,
    concurrency,
    async (customerId) => {
      if (openly.has(customerId)) await observer.publicRows(customerId);
      await observer.readCustomer(customerId);
    },
    signal,
  );
  return { unread, read: reading.size };
}
