// A release as workflows get it: the tag has the file that is run, main does not, and nothing has to be installed.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { balances, folder, ONCE } from "../cli/helper.ts";
import { bare } from "../support/environment.ts";
import { has } from "../support/has.ts";
import { commit, git } from "./step.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };

/** The project in a repository of its own. */
function clone(): string {
  const cwd = folder();
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
  });
  for (const path of listed
    .toString("utf8")
    .split("\0")
    .filter((name) => name !== "" && existsSync(join(ROOT, name)))) {
    mkdirSync(join(cwd, dirname(path)), { recursive: true });
    cpSync(join(ROOT, path), join(cwd, path));
  }
  git(cwd, "init", "-q", "-b", "main");
  writeFileSync(join(cwd, ".git/info/exclude"), "node_modules\n");
  symlinkSync(join(ROOT, "node_modules"), join(cwd, "node_modules"));
  commit(cwd, "Version Packages");
  return cwd;
}

function tagRelease(cwd: string, ...args: readonly string[]): string {
  const tsx = import.meta.resolve("tsx");
  const script = join(cwd, "scripts/tag-release.ts");
  const someone = { name: "Someone", email: "someone@example.com" };
  const env = {
    ...bare(),
    ...{ GIT_AUTHOR_NAME: someone.name, GIT_AUTHOR_EMAIL: someone.email },
    ...{ GIT_COMMITTER_NAME: someone.name, GIT_COMMITTER_EMAIL: someone.email },
  };
  return execFileSync(process.execPath, ["--import", tsx, script, ...args], {
    cwd,
    env,
    encoding: "utf8",
    stdio: "pipe",
  });
}

it.skipIf(!has("git"))(
  "has the action's file in its tag and nowhere else, and moves the tags that are followed",
  () => {
    const cwd = clone();
    const main = git(cwd, "rev-parse", "main");
    expect(tagRelease(cwd)).toContain(`git push origin v${version}`);
    expect(git(cwd, "rev-parse", "main")).toBe(main);
    expect(git(cwd, "status", "--porcelain")).toBe("");
    expect(git(cwd, "diff", "--name-only", "main", `v${version}`)).toBe("dist/action/index.js");
    const [major = "", minor = ""] = version.split(".");
    const commitOf = (tag: string): string => git(cwd, "rev-parse", `${tag}^{commit}`);
    const first = commitOf(`v${version}`);
    expect([commitOf(`v${major}`), commitOf(`v${major}.${minor}`)]).toEqual([first, first]);

    // As GitHub gets it for a workflow: one commit, and no npm.
    const action = folder();
    git(action, "clone", "-q", "--depth=1", "--branch", `v${version}`, `file://${cwd}`, "action");
    const workspace = folder({ "balances.yaml": balances([ONCE]) });
    const printed = execFileSync(process.execPath, [join(action, "action/dist/action/index.js")], {
      cwd: workspace,
      env: { ...bare(), INPUT_COMMAND: "validate" },
      encoding: "utf8",
    });
    expect(printed).toContain("balances.yaml: 1 balance of 1 customer, all right.");

    expect(() => tagRelease(cwd)).toThrow(`v${version} is there already`);
    const project = readFileSync(join(cwd, "package.json"), "utf8");
    const next = `${major}.${minor}.99`;
    writeFileSync(
      join(cwd, "package.json"),
      project.replace(`"version": "${version}"`, `"version": "${next}"`),
    );
    expect(() => tagRelease(cwd)).toThrow("changes that are not committed");
    commit(cwd, "Version Packages");
    const origin = folder();
    git(origin, "init", "-q", "--bare");
    git(cwd, "remote", "add", "origin", origin);
    git(cwd, "push", "-q", "origin", `v${version}`, `v${major}`);
    tagRelease(cwd, "--push");
    expect(commitOf(`v${version}`)).toBe(first);
    expect(commitOf(`v${major}`)).toBe(commitOf(`v${next}`));
    expect(commitOf(`v${next}`)).not.toBe(first);
    const pushed = git(origin, "for-each-ref", "--format=%(refname:short) %(*objectname)").split("\n");
    expect(pushed).toEqual([
      `v${major} ${commitOf(`v${next}`)}`,
      `v${major}.${minor} ${commitOf(`v${next}`)}`,
      `v${version} ${first}`,
      `v${next} ${commitOf(`v${next}`)}`,
    ]);
  },
);
