// How every room reports that something is wrong: as a value, not as a stack trace.
import type { Place } from "./desired.ts";

/** One thing that is wrong, for people and machines. */
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

/** Thrown when there is no result. Holds everything that is wrong, not only the first thing. */
export class ProblemsError extends Error {
  override readonly name = "ProblemsError";
  readonly problems: readonly Problem[];

  // Not `ErrorOptions`, which older libs than es2022 do not have.
  constructor(problems: readonly Problem[], options?: { readonly cause?: unknown }) {
    super(problems.map((problem) => problem.message).join("; "), options);
    this.problems = problems;
  }
}
