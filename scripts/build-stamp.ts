// Tells whether dist/ was built from the current sources, so that tests that run at the same time do not rebuild it.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Not in dist/, all of which is published, nor in node_modules/, which several checkouts may share. */
const STAMP = ".cache/built";

/** The sources, and all that says how they are built. */
function inputs(): string {
  const hash = createHash("sha256");
  const add = (path: string): void => void hash.update(`${path}\0`).update(readFileSync(path)).update("\0");
  for (const path of ["package.json", "package-lock.json"]) add(path);
  for (const folder of ["schema", "scripts", "src"]) {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    for (const path of files.map((one) => join(one.parentPath, one.name)).sort()) add(path);
  }
  return hash.digest("hex");
}

export function isBuilt({ types }: { readonly types: boolean }): boolean {
  if (!existsSync("dist/cli.js") || !existsSync(STAMP)) return false;
  const [built, withTypes] = readFileSync(STAMP, "utf8").split(" ");
  return built === inputs() && (withTypes === "types" || !types);
}

/** Call it before the first file of dist/ is touched, and its result when the last one is written. */
export function beginBuild({ types }: { readonly types: boolean }): () => void {
  rmSync(STAMP, { force: true });
  const built = inputs();
  return () => {
    mkdirSync(dirname(STAMP), { recursive: true });
    writeFileSync(STAMP, types ? `${built} types` : built);
  };
}
