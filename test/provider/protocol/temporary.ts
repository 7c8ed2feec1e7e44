// Folders of tests. They are in the folder of the run, which is removed at its end.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new folder. Short, for a socket's path may be a hundred bytes long. */
export const temporary = (prefix: string): string => mkdtempSync(join(tmpdir(), prefix));
