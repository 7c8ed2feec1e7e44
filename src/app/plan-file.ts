// The files of saved plans: written whole or not at all, readable by their owner only, and never in place of another
// kind of file.
import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import { kindOfDocument, MAX_LENGTH } from "../document/index.ts";
import { ProblemsError } from "../schema/index.ts";
import { brief } from "../text/index.ts";
import { writeWhole } from "./write-file.ts";

/** So many bytes are enough to recognise a document of this tool. */
const BEGINNING = 200;

/** The kind of document that a path leads to: `undefined` for a balances file, a folder, and what is not there. */
export async function kindOfFile(path: string): Promise<string | undefined> {
  let handle: FileHandle | undefined;
  try {
    if (!(await stat(path)).isFile()) return undefined;
    handle = await open(path, "r");
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(BEGINNING), 0, BEGINNING, 0);
    return kindOfDocument(buffer.subarray(0, bytesRead).toString("utf8"));
  } catch {
    // Whoever reads it next reports what is wrong with it.
    return undefined;
  } finally {
    await handle?.close();
  }
}

/** @throws ProblemsError */
export async function readPlanFile(path: string): Promise<string> {
  try {
    const about = await stat(path);
    if (!about.isFile()) throw new Error("it is not a file");
    if (about.size > MAX_LENGTH) throw new Error("it is larger than any saved plan");
    return await readFile(path, "utf8");
  } catch (error) {
    const message = `${brief(path)} cannot be read: ${brief((error as Error).message)}`;
    throw new ProblemsError([{ code: "unreadable", message, hint: "name the file that `plan --out` wrote" }]);
  }
}

/** @throws ProblemsError when it cannot be written, or when a file other than a plan would be lost */
export async function writePlanFile(path: string, text: string): Promise<void> {
  if ((await exists(path)) && (await kindOfFile(path)) !== "saved_plan") {
    const message = `${brief(path)} is there, and is no saved plan`;
    throw new ProblemsError([{ code: "in-the-way", message, hint: "pass another name, or remove it" }]);
  }
  try {
    await writeWhole(path, text, { mode: 0o600 });
  } catch (error) {
    const message = `${brief(path)} cannot be written: ${brief((error as Error).message)}`;
    throw new ProblemsError([{ code: "unwritable", message, hint: "pass a file that may be written to" }]);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
