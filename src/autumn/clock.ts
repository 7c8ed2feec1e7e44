// Time, passed in wherever it is needed, so that tests control it and virtual hours cost nothing.

/** Tells the time and waits. */
export interface Clock {
  /** ms since 1970. */
  now(): number;
  /** Resolves after `ms`, at once when the signal has been or is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Longer timers would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The clock of this machine. A sleep of more than 24 days ends after 24 days. */
export const systemClock: Clock = {
  now: Date.now,
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(ms, LONGEST_TIMER_MS));
      signal?.addEventListener("abort", done);
    }),
};

/** The same clock, but never set back: it goes on from its latest time. */
export function neverBackwards(clock: Clock): Clock {
  let last = Number.NEGATIVE_INFINITY;
  let setBackBy = 0;
  return {
    now: () => {
      const now = clock.now();
      if (now + setBackBy < last) setBackBy = last - now;
      last = now + setBackBy;
      return last;
    },
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
}
