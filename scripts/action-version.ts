// Puts the version of this package where examples and documents name the release of the GitHub Action.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const EXAMPLES = "examples/ci";

/** Every file that names the release, by its path from the root of the project, with the text that it should have. */
export function filesWithActionVersion(): [string, string][] {
  const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")) as { version: string };
  const examples = readdirSync(`${ROOT}${EXAMPLES}`).filter((name) => name.startsWith("github-"));
  return [...examples.map((name) => `${EXAMPLES}/${name}`), "docs/github-action.md"].map((path) => [
    path,
    readFileSync(`${ROOT}${path}`, "utf8").replace(
      /(autumn-balances\/autumn-balances(?:@| ')v)\d+\.\d+\.\d+/g,
      `$1${version}`,
    ),
  ]);
}
