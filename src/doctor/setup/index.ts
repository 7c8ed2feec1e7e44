// All checks of what a run needs on the user's side. They make no call.
import { accessChecks } from "./access.ts";
import type { Check, Surroundings } from "./check.ts";
import { fileChecks } from "./files.ts";
import { machineChecks } from "./machine.ts";

export type { Check, CheckStatus, FileAccess, FilesRead, Surroundings } from "./check.ts";

/** In the order in which they are shown. */
export function setupChecks(surroundings: Surroundings): Check[] {
  return [...machineChecks(surroundings), ...accessChecks(surroundings), ...fileChecks(surroundings)];
}
