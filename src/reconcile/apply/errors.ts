// Why a change was not made.
import { AutumnError } from "../../autumn/index.ts";

/** A change that cannot be made now, though nothing is wrong with it. */
export class BlockedError extends Error {
  override readonly name = "BlockedError";
}

/** A change whose effect does not show, though it was sent. */
export class NotShownError extends Error {
  override readonly name = "NotShownError";
}

/**
 * Whether the call may have taken effect: its outcome is unknown, or a 409 says that it was made before, by any run.
 */
export function isDoubtful(error: unknown): error is AutumnError {
  return error instanceof AutumnError && (error.outcome === "unknown" || error.isConflict);
}

/** Whether the reset that the call names has passed on its way. */
export const isTooLate = (error: AutumnError, nextResetAt: number | undefined, now: number): boolean =>
  error.status === 400 && nextResetAt !== undefined && nextResetAt <= now;

/** 404: it cannot be found. 400: its end had passed when the call came. */
export const isAboutTheRow = (error: AutumnError): boolean => error.isNotFound || error.status === 400;
