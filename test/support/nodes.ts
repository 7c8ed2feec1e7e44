// The supported versions of Node, installed by `npm ci --prefix test/nodes`. They are not dependencies of the project:
// they are large, and npm would put one of them on the PATH before the Node that runs the tests.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const FOLDER = resolve(import.meta.dirname, "../nodes");
const { optionalDependencies } = JSON.parse(readFileSync(join(FOLDER, "package.json"), "utf8")) as {
  optionalDependencies: Readonly<Record<string, string>>;
};

/** Major versions, from the oldest. */
export const NODES: readonly number[] = [
  ...new Set(Object.keys(optionalDependencies).map((name) => Number(name.split("-")[1]))),
].sort((a, b) => a - b);

/** @returns the executable of a version, if it is installed for this platform */
export function nodeExecutable(major: number): string | undefined {
  const name = `node-${major}-${process.platform}-${process.arch}`;
  const path = join(FOLDER, "node_modules", name, "bin/node");
  return existsSync(path) ? path : undefined;
}
