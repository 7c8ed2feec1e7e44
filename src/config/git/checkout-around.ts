// Finds the git checkout that a folder is in.
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The closest folder with `.git`, by names alone, at or above a folder; `undefined` if there is none. */
export function checkoutAround(folder: string): string | undefined {
  const here = resolve(folder);
  if (existsSync(join(here, ".git"))) return here;
  const above = dirname(here);
  return above === here ? undefined : checkoutAround(above);
}
