// The checkout of git that a folder lies in.
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The folder with `.git` that a folder lies in, going by names alone; `undefined` where there is none. */
export function checkoutAround(folder: string): string | undefined {
  const here = resolve(folder);
  if (existsSync(join(here, ".git"))) return here;
  const above = dirname(here);
  return above === here ? undefined : checkoutAround(above);
}
