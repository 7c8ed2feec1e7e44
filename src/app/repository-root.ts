// Paths as CI systems want them: GitHub, GitLab and whoever reads SARIF or JUnit know files by their names from the
// root of the repository, wherever in it the command runs.
import { realpathSync } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { checkoutAround } from "../config/index.ts";
import type { Problem } from "../schema/index.ts";

/** Variables in which CI systems name the folder that they have checked out into. */
const ROOT_VARIABLES = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"];

/**
 * The root of the repository that a folder lies in: the top of its checkout, else what the CI system says, else the
 * folder itself.
 */
export function repositoryRoot(folder = process.cwd(), env = process.env): string {
  const here = real(folder);
  const checkout = checkoutAround(here);
  const told = ROOT_VARIABLES.flatMap((name) => env[name] || []).map(real);
  const roots = [...(checkout === undefined ? [] : [checkout]), ...told].filter((root) =>
    contains(root, here),
  );
  // A repository can be checked out into a folder of the workspace, so the innermost root counts.
  return roots.sort((a, b) => b.length - a.length)[0] ?? here;
}

/** The name of a file from the root on; unchanged where it lies outside of it. */
export function fromRoot(file: string, root: string): string {
  const path = resolve(file);
  const inside = relative(root, path);
  return contains(root, path) ? inside.split(sep).join("/") : file;
}

/** The problem, with its place named from the root on. */
export const placedFromRoot = (problem: Problem, root: string): Problem =>
  problem.place === undefined
    ? problem
    : { ...problem, place: { ...problem.place, file: fromRoot(problem.place.file, root) } };

function contains(root: string, path: string): boolean {
  const inside = relative(root, path);
  return inside !== ".." && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
