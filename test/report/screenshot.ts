// What the browser showed in a run, for people to look at; not part of the repository.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../artefacts/", import.meta.url));

/** Where a screenshot is kept. */
export function screenshot(name: string): string {
  mkdirSync(FOLDER, { recursive: true });
  return `${FOLDER}${name}.png`;
}
