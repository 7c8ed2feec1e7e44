// Time, passed in wherever it is needed, so that tests can hold it and virtual hours cost nothing.

export interface Clock {
  /** ms since 1970. */
  now(): number;
  /** Resolves after `ms`, at once when the signal has been aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

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
      const timer = setTimeout(done, ms);
      signal?.addEventListener("abort", done);
    }),
};
