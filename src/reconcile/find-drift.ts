// Finds drift: makes a plan and reads the differences off it. Writes nothing.
import type { AutumnApi } from "../autumn/index.ts";
import { type Drift, driftOf } from "./decide/drift.ts";
import { planWithDeclared } from "./plan.ts";
import type { PlanEnvironment, PlanRequest } from "./types.ts";

/** What to compare, and how far ahead to look. */
export interface DriftRequest extends PlanRequest {
  /** How far ahead to list balances that end, in ms; 0 lists none. */
  readonly expiringWithin: number;
}

/**
 * Compares the entries with the server, and lists what differs. Writes nothing.
 *
 * @throws ProblemsError with every entry that does not fit the server, such as one of an unknown feature or customer
 * @throws AutumnError when a read fails
 */
export async function findDrift(
  api: AutumnApi,
  request: DriftRequest,
  environment: PlanEnvironment,
): Promise<Drift> {
  const { plan, declared } = await planWithDeclared(api, request, environment);
  return driftOf(plan, declared, request.expiringWithin);
}
