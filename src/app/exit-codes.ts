// What the process's exit code says. Documented in --help and in docs/; scripts rely on them.

export const EXIT = {
  /** Done, or nothing to do. */
  ok: 0,
  error: 1,
  /** `plan --detailed-exitcode` found changes, `drift` differences, `doctor` a fact that does not hold. */
  changes: 2,
  /** A guard refused; nothing was done. */
  refused: 3,
  /** Some changes were made, others not. */
  partly: 4,
  /** Stopped by ^C or SIGTERM. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
