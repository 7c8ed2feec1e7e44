// When a provider process ends: when Terraform says so, when Terraform is gone, or when it is told to by a signal.
// Whatever the reason, operations that run get a moment to finish: behind them there may be half a change.

/** Terraform waits 2 s for the end of a process and then kills it. */
const GRACE_MS = 1_500;
/** When Terraform is gone, nobody waits any more, and a call that was begun is better finished. */
const GRACE_WITHOUT_PARENT_MS = 5_000;
const PARENT_CHECK_MS = 500;

export interface Ending {
  /** Tells the operations to come to an end. */
  stop(): void;
  /** Resolves when no operation runs. */
  idle(): Promise<void>;
  /** Closes the server when its answers are written. */
  close(): Promise<void>;
  /** Removes what is left in the file system. */
  remove(): void;
}

/** Ends the process once. */
export class Lifetime {
  #ends = false;

  constructor(private readonly ending: Ending) {}

  /** Ends the process, with what runs given `graceMs` to finish. */
  async end(graceMs: number = GRACE_MS): Promise<void> {
    if (this.#ends) return;
    this.#ends = true;
    this.ending.stop();
    await Promise.race([this.ending.idle(), pause(graceMs)]);
    this.ending.remove();
    await Promise.race([this.ending.close(), pause(GRACE_MS)]);
    process.exit(0);
  }

  /**
   * Ends with the parent. ^C is ignored: it reaches the whole process group, and Terraform itself says what to do about
   * it, by StopProvider.
   */
  followTerraform(): void {
    process.on("SIGINT", () => {});
    process.on("SIGTERM", () => void this.end());
    process.on("SIGHUP", () => void this.end());
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent || !isAlive(parent)) void this.end(GRACE_WITHOUT_PARENT_MS);
    }, PARENT_CHECK_MS).unref();
  }

  /** Ends by ^C. */
  followTerminal(): void {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void this.end());
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** On Windows a process keeps the id of a parent that is dead. */
function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
