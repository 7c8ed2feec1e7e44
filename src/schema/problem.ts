// How every room says that something is wrong: a value, not a stack trace.
import type { Place } from "./desired.ts";

/** One thing that is wrong, for people and for machines. */
export interface Problem {
  /** Stable and short, such as `unknown-field`. */
  readonly code: string;
  /** What is wrong, with the offending value. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  readonly place?: Place;
  /** JSON pointer into the file at `place`. */
  readonly pointer?: string;
}

/** Thrown where an answer cannot be given; carries all that is wrong, not only the first. */
export class ProblemsError extends Error {
  override readonly name = "ProblemsError";
  readonly problems: readonly Problem[];

  // Not `ErrorOptions`, which older libs than es2022 do not have.
  constructor(problems: readonly Problem[], options?: { readonly cause?: unknown }) {
    super(problems.map((problem) => problem.message).join("; "), options);
    this.problems = problems;
  }
}
