// Writes a file so that it is complete at every moment: the old text, or the new.
import { randomUUID } from "node:crypto";
import { chmod, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { ProblemsError } from "../schema/index.ts";
import { brief } from "../text/index.ts";

/**
 * Puts `text` in place of what the file held when it was read. A link stays a link, and the permissions stay.
 * @param before the text that was read; `null` when there was no file
 * @throws ProblemsError when somebody else has changed the file since, or it cannot be written
 */
export async function replaceFile(file: string, before: string | null, text: string): Promise<void> {
  try {
    await replace(await realpath(file).catch(() => resolve(file)), before, text);
  } catch (error) {
    if (error instanceof ChangedError) throw new ProblemsError([changed(file)], { cause: error });
    throw unwritable(file, error);
  }
}

export function unwritable(file: string, cause: unknown): ProblemsError {
  const message = `${brief(file)} cannot be written: ${(cause as Error).message}`;
  const hint = "check that the folder is there and may be written to";
  return new ProblemsError([{ code: "unwritable", message, hint }], { cause });
}

class ChangedError extends Error {}

async function replace(path: string, before: string | null, text: string): Promise<void> {
  const mode = before === null ? undefined : (await stat(path)).mode & 0o777;
  await writeWhole(path, text, {
    mode,
    beforeRename: async () => {
      if ((await textOf(path)) !== before) throw new ChangedError("the file was changed");
    },
  });
}

interface WholeOptions {
  /** Permissions; those of any new file when left out. */
  readonly mode?: number | undefined;
  /** Runs once the new text is complete beside the old one; may still refuse by throwing. */
  readonly beforeRename?: () => Promise<void>;
}

/** Writes a text beside a file, and then puts it in its place. A failure leaves nothing behind. */
export async function writeWhole(path: string, text: string, options: WholeOptions = {}): Promise<void> {
  const { mode, beforeRename } = options;
  const beside = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    const handle = await open(beside, "wx", mode ?? 0o666);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Unlike `open`, this ignores the umask.
    if (mode !== undefined) await chmod(beside, mode);
    await beforeRename?.();
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {});
    throw error;
  }
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

const changed = (file: string) => ({
  code: "file-changed",
  message: `${brief(file)} was changed by somebody else while its balances were looked for`,
  hint: "run the same command again",
});
