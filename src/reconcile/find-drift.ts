// Looks for drift: makes the plan, and tells what it says of it. Writes nothing.
import type { AutumnApi } from "../autumn/index.ts";
import { type Drift, driftOf } from "./decide/drift.ts";
import { planWithDeclared } from "./plan.ts";
import type { PlanEnvironment, PlanRequest } from "./types.ts";

export interface DriftRequest extends PlanRequest {
  /** ms; 0 for no balances that expire. */
  readonly expiringWithin: number;
}

/**
 * @throws ProblemsError with everything that is wrong with the entries in view of the server
 * @throws AutumnError when the server does not answer what is asked
 */
export async function findDrift(
  api: AutumnApi,
  request: DriftRequest,
  environment: PlanEnvironment,
): Promise<Drift> {
  const { plan, declared } = await planWithDeclared(api, request, environment);
  return driftOf(plan, declared, request.expiringWithin);
}
