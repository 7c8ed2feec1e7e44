// Where the recordings of the real server's behaviour are, which are not part of this repository.
import { existsSync, realpathSync } from "node:fs";
import { resolve } from "node:path";

const folder = resolve(process.env.AUTUMN_CONTRACT_DIR ?? "../shared/contract");

/** Without symbolic links: the program there compares its own path with the one that was started. */
export const CONTRACT = existsSync(folder) ? realpathSync(folder) : folder;
