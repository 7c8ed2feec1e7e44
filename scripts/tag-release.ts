// Tags a release. GitHub runs an action from the files of a tag and builds nothing, and main holds nothing that is
// built: so the tag is on a commit of its own, which adds the action's file to the release and is on no branch.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleAction } from "./action-bundle.ts";

const BUILT = "dist/action/index.js";

function git(args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  return execFileSync("git", args, { encoding: "utf8", env: { ...process.env, ...env } }).trim();
}

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
const tag = `v${version}`;
if (git(["status", "--porcelain"]) !== "") throw new Error("there are changes that are not committed");
if (git(["tag", "--list", tag]) !== "") throw new Error(`${tag} is there already: raise the version first`);

await bundleAction(BUILT, version);
const folder = mkdtempSync(join(tmpdir(), "release-"));
try {
  // An index of its own, so that the one of the working folder stays as it is.
  const index = { GIT_INDEX_FILE: join(folder, "index") };
  git(["read-tree", "HEAD"], index);
  git(["add", "--force", BUILT], index);
  const message = `Release ${tag}, with the file that GitHub runs`;
  const commit = git(["commit-tree", "-p", "HEAD", "-m", message, git(["write-tree"], index)]);
  git(["tag", "--annotate", "--message", tag, tag, commit]);
  // The tags that users follow, v1 and v1.2, move to the release. Until 1.0.0, releases under v0.1 need no changes on
  // their side.
  const [major = "", minor = ""] = version.split(".");
  const following = [`v${major}`, `v${major}.${minor}`];
  for (const name of following) git(["tag", "--force", "--annotate", "--message", tag, name, commit]);
  console.log(`Tagged ${tag}, ${following.join(", ")}.`);
  if (process.argv.includes("--push")) {
    git(["push", "origin", tag]);
    git(["push", "--force", "origin", ...following]);
  } else {
    console.log(`To publish them:

  git push origin ${tag} && git push --force origin ${following.join(" ")}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
