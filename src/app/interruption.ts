// ^C and SIGTERM. Before anything is changed they end the run; while changes are made, the first one asks to
// finish the customers at hand, and the second one ends it at once.
import { EXIT } from "./exit-codes.ts";
import { InterruptedError } from "./failure.ts";
import type { Terminal } from "./terminal.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Does `work`, which changes nothing, until the first ^C. @throws InterruptedError */
export async function untilInterrupted<T>(work: () => Promise<T>): Promise<T> {
  let stop: (() => void) | undefined;
  const interrupted = new Promise<never>((_, reject) => {
    stop = () => reject(new InterruptedError("stopped; nothing was changed"));
  });
  const listener = (): void => stop?.();
  for (const signal of SIGNALS) process.on(signal, listener);
  try {
    const working = work();
    // Work that was given up may still fail; nobody waits for it any more.
    working.catch(() => undefined);
    return await Promise.race([working, interrupted]);
  } finally {
    for (const signal of SIGNALS) process.off(signal, listener);
  }
}

/** What is said at the first ^C, and at the second. */
export interface StopTexts {
  readonly stopping: string;
  readonly atOnce: string;
}

const OF_APPLY: StopTexts = {
  stopping: "Stopping: the customers at hand are finished first. ^C again stops at once.\n",
  atOnce:
    "Stopped at once. What had been begun may be half done; plan and apply again to finish it: nothing is granted twice.\n",
};

/** Runs `work`, which makes changes; `signal` is aborted by the first ^C. */
export async function finishingWhenInterrupted<T>(
  work: (signal: AbortSignal) => Promise<T>,
  terminal: Terminal,
  says: StopTexts = OF_APPLY,
): Promise<T> {
  const controller = new AbortController();
  const listener = (): void => {
    if (controller.signal.aborted) {
      terminal.say("error", says.atOnce);
      terminal.exit(EXIT.interrupted);
      return;
    }
    controller.abort();
    terminal.say("error", says.stopping);
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, listener);
  }
}
