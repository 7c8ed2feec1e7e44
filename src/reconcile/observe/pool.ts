// Work on many things at a time, but not on too many.
import PQueue from "p-queue";

/**
 * Calls `work` for every item, at most `concurrency` at a time, starting them in order. After an error, or once the signal is
 * aborted, nothing more is started; what runs is waited for.
 * @throws the first error of `work`; else the signal's reason, so that nobody takes what was read so far for all
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

/** Slots for those who work. Who waits for a while lets somebody else work in the meantime. */
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

  /** Waits without a slot. */
  async without<T>(wait: () => Promise<T>): Promise<T> {
    this.give();
    try {
      return await wait();
    } finally {
      await this.take();
    }
  }
}
