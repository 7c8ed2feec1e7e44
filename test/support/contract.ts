// Where the recorded behaviour of the real server is, which is not part of this repository.
import { existsSync, realpathSync } from "node:fs";
import { resolve } from "node:path";

const folder = resolve(process.env.AUTUMN_CONTRACT_DIR ?? "../shared/contract");

/** Not by way of a link, for the program there to know that it is the one that was started. */
export const CONTRACT = existsSync(folder) ? realpathSync(folder) : folder;
