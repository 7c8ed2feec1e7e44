// Work on many things at a time, but not on too many.
import PQueue from "p-queue";

/**
 * Calls `work` for every item, at most `concurrency` at a time, starting them in order. After an error, or once the signal is
 * aborted, nothing more is started; what runs is waited for.
 * @throws the first error of `work`
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
}
