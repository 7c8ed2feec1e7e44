// Reads customers one by one where lists do not show enough to decide.
import type { Changes } from "../decide/changes.ts";
import { parseRemoteId } from "../remote-id.ts";
import { isOverdue } from "../row.ts";
import type { PlanEnvironment, PlanRequest } from "../types.ts";
import type { AccountReader } from "./account-reader.ts";
import type { Observation } from "./observation.ts";

/** With `checkGrants: auto`, at most so many customers are read for their creation grants: some ten seconds' worth. */
const UNASKED_READS = 200;

export interface CloserLook {
  readonly observation: Observation;
  readonly changes: Changes;
  /** How many customers were not read for their creation grants, as `checkGrants` did not ask for it. */
  readonly unread: number;
}

/**
 * Decides, then reads customers in full where lists do not show enough, and decides again. Lists show neither the grant
 * given at creation nor the rollover, which decide whether a row that resets is as declared.
 * @param decide what has to happen, given an observation; pure
 * @param now ms since 1970
 */
export async function decideClosely(
  reader: AccountReader,
  observation: Observation,
  decide: (observation: Observation) => Changes,
  options: Pick<PlanRequest, "namespace" | "checkGrants">,
  { onEvent }: PlanEnvironment,
  now: number,
): Promise<CloserLook> {
  const changes = decide(observation);
  const { needed, openly, unread } = closerLookAt(changes, observation, options, now);
  if (needed.size === 0) return { observation, changes, unread };
  onEvent?.({ type: "verify-grants", customers: needed.size });
  const closer = await reader.readCustomers(needed, openly);
  return { observation: closer, changes: decide(closer), unread };
}

/** The customers to read one by one; those in `openly` by a public read first. */
function closerLookAt(
  changes: Changes,
  { partlyRead, showsCreationGrants }: Observation,
  { namespace, checkGrants }: Pick<PlanRequest, "namespace" | "checkGrants">,
  now: number,
): { needed: Set<string>; openly: Set<string>; unread: number } {
  const needed = new Set<string>();
  const wanted = new Set<string>();
  /** A public read shows what is rolled over, and has Autumn apply a reset that is due. */
  const openly = new Set<string>();
  for (const change of changes.declared) {
    const { row, customerId, kind, reasons } = change;
    if (kind !== "none" && partlyRead.has(customerId)) needed.add(customerId);
    if (row === null) continue;
    if (isOverdue(row, now) || (kind === "replace" && row.rollover !== null)) openly.add(customerId);
    if (row.boolean || row.unlimited || row.creationGrant !== undefined) continue;
    const severalRows =
      kind === "replace" && reasons.some(({ code }) => code === "interrupted" || code === "duplicate");
    // Of successors made by older versions, only the creation grant tells whether usage has been counted.
    const successor = row.resetsAt === null && (parseRemoteId(namespace, row.balanceId)?.generation ?? 1) > 1;
    if (severalRows || change.desired?.rollover || (successor && kind !== "none")) needed.add(customerId);
    else if (row.resetsAt !== null) wanted.add(customerId);
  }
  for (const customerId of needed) wanted.delete(customerId);
  const asked = checkGrants === "always" || (checkGrants === "auto" && wanted.size <= UNASKED_READS);
  const unread = asked || !showsCreationGrants ? 0 : wanted.size;
  if (asked) for (const customerId of wanted) needed.add(customerId);
  if (!showsCreationGrants) {
    for (const customerId of needed) if (!partlyRead.has(customerId)) needed.delete(customerId);
  }
  for (const customerId of openly) needed.add(customerId);
  return { needed, openly, unread };
}
