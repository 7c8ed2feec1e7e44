// The checkout that a step works in.
import { dirname, relative, resolve } from "node:path";
import { GitError, git } from "../config/index.ts";
import { ProblemsError } from "../schema/index.ts";

/**
 * Makes git trust the checkout. In a job with `container:`, steps run as root and the workspace belongs to the user of
 * the runner, which git refuses unless it is told otherwise. Every git that is started from here on inherits that, for
 * the two folders and those between them only.
 * @param workspace the folder that repositories are checked out into
 * @param folder the working folder, in it
 */
export function trustCheckout(workspace: string, folder: string, env: NodeJS.ProcessEnv): void {
  const first = Number(env.GIT_CONFIG_COUNT ?? 0) || 0;
  const folders = foldersBetween(workspace, folder);
  for (const [n, path] of folders.entries()) {
    env[`GIT_CONFIG_KEY_${first + n}`] = "safe.directory";
    env[`GIT_CONFIG_VALUE_${first + n}`] = path;
  }
  env.GIT_CONFIG_COUNT = String(first + folders.length);
}

/** Both, and the folders between them; none when one is not inside the other. */
function foldersBetween(workspace: string, folder: string): string[] {
  const top = resolve(workspace);
  const found: string[] = [];
  for (let path = resolve(folder); ; path = dirname(path)) {
    found.push(path);
    if (path === top) return found;
    if (relative(top, path).startsWith("..") || dirname(path) === path) return [];
  }
}

/** The commit that is checked out; `undefined` where git cannot tell. */
export function checkedOut(): string | undefined {
  try {
    return git(".", ["rev-parse", "--verify", "HEAD"]).toString("utf8").trim();
  } catch (error) {
    if (error instanceof GitError || error instanceof ProblemsError) return undefined;
    throw error;
  }
}

/** The commits that a commit was made from. In a shallow clone git reports none; the commit object names them. */
export function parentsOf(commit: string): string[] {
  try {
    const [header = ""] = git(".", ["cat-file", "commit", commit]).toString("utf8").split("\n\n", 1);
    return [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, parent = ""]) => parent);
  } catch (error) {
    if (error instanceof GitError || error instanceof ProblemsError) return [];
    throw error;
  }
}
