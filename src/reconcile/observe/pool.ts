// Limits on how many things are worked on at a time.
import PQueue from "p-queue";

/**
 * Calls `work` for every item, at most `concurrency` at a time, starting them in order. After an error, or once the
 * signal is aborted, nothing more is started, and what runs is waited for.
 * @throws the first error of `work`; else, once aborted, the signal's reason, so that a part is not taken for the whole
 */
export async function forEachOf<T>(
  items: Iterable<T>,
  concurrency: number,
  work: (item: T) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const queue = new PQueue({ concurrency });
  let failure: { error: unknown } | undefined;
  for (const item of items) {
    queue.add(async () => {
      if (failure !== undefined || signal?.aborted) return;
      try {
        await work(item);
      } catch (error) {
        failure ??= { error };
      }
    });
  }
  await queue.onIdle();
  if (failure !== undefined) throw failure.error;
  signal?.throwIfAborted();
}

/** A semaphore whose holders can lend their slot to others while they wait. */
export class Slots {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async take(): Promise<void> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  give(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free += 1;
  }

  /** Gives the slot back while waiting, and takes one again afterwards. */
  async without<T>(wait: () => Promise<T>): Promise<T> {
    this.give();
    try {
      return await wait();
    } finally {
      await this.take();
    }
  }
}
