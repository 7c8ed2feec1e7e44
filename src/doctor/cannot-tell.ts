// Why nothing can be said of a fact.

/** Why a fact was not tried. Only `failed` is an error. */
export type NotTried =
  /** A fact that it follows from does not hold, or was not tried. */
  | "follows"
  /** This server does not have the call or the setting that it needs. */
  | "absent"
  /** It would have taken longer than was allowed. */
  | "slow"
  /** A call failed, or its preparation did not succeed. */
  | "failed"
  /** The run was stopped. */
  | "interrupted";

/** Thrown by a probe that cannot find out. */
export class CannotTell extends Error {
  override readonly name = "CannotTell";

  constructor(
    readonly why: Exclude<NotTried, "follows" | "interrupted">,
    message: string,
  ) {
    super(message);
  }
}
