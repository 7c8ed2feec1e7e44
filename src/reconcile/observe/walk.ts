// Paged lists.
import { AutumnError, type Page } from "../../autumn/index.ts";

/**
 * The pages of a list, the last one with `next` null.
 * @throws AutumnError when the server repeats a cursor
 */
export async function* pagesOf<T>(
  read: (cursor: string | null) => Promise<Page<T>>,
  signal?: AbortSignal,
): AsyncGenerator<Page<T>, void> {
  const visited = new Set<string>();
  for (let cursor: string | null = null; ; ) {
    signal?.throwIfAborted();
    const page: Page<T> = await read(cursor);
    yield page;
    if (page.next === null) return;
    if (visited.has(page.next)) {
      const about = { outcome: "refused", call: "list", code: "unexpected_answer" } as const;
      throw new AutumnError("the server's list goes round in circles", about);
    }
    visited.add(page.next);
    cursor = page.next;
  }
}
