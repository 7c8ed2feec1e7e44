// The configuration as it was at a commit, from real repositories of git.
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { loadBase } from "../../src/config/index.ts";
import { has } from "../support/has.ts";
import { file, fileOf, named, problemOf, Repository } from "./repository.ts";

describe.skipIf(!has("git"))("a base in git", () => {
  it("is read at a branch, a tag, a commit and what leads to one", async () => {
    const repository = new Repository({ "balances.yaml": file("a") });
    repository.git("tag", "-a", "v1", "-m", "first");
    const commit = repository.git("rev-parse", "HEAD");
    repository.git("checkout", "-q", "-b", "raise");
    repository.write({ "balances.yaml": file("a", "b") });
    repository.commit();
    const short = commit.slice(0, 7);
    const names = ["main", "v1", "HEAD~1", "refs/heads/main", "raise^", commit, commit.slice(0, 10)];
    for (const name of names) expect(await repository.keys(name), name).toEqual(["a"]);
    expect((await repository.base("main")).name).toBe(`main (${short})`);
    expect((await repository.base(commit)).name).toBe(short);
    // What is not committed is not in it.
    repository.write({ "balances.yaml": file("c") });
    expect(await repository.keys("HEAD")).toEqual(["a", "b"]);
  });

  it("is that of the folder, whatever git says to its hooks of the repository it runs them for", async () => {
    const repository = new Repository({ "billing/balances.yaml": file("a") });
    const other = new Repository({ "billing/balances.yaml": file("b") });
    const linked = `${repository.path}-linked`;
    onTestFinished(() => rmSync(linked, { recursive: true, force: true }));
    repository.git("worktree", "add", "-q", linked, "-b", "linked");
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv("GIT_INDEX_FILE", ".git/index");
    vi.stubEnv("GIT_PREFIX", "billing/");
    for (const folder of [repository.path, linked]) {
      for (const directory of [
        join(repository.path, ".git/worktrees", basename(linked)),
        ".git",
        other.path,
      ]) {
        vi.stubEnv("GIT_DIR", directory);
        const cwd = join(folder, "billing");
        const { name, config } = await loadBase("HEAD", [], { cwd, now: named("balances.yaml") });
        expect(name).toMatch(/^HEAD/);
        expect(config?.balances.map(({ key }) => key)).toEqual(["a"]);
      }
    }
    // Where no folder tells, the variables do.
    const apart = mkdtempSync(join(tmpdir(), "autumn-balances-apart-"));
    onTestFinished(() => rmSync(apart, { recursive: true, force: true }));
    vi.stubEnv("GIT_INDEX_FILE", undefined);
    vi.stubEnv("GIT_DIR", join(other.path, ".git"));
    vi.stubEnv("GIT_WORK_TREE", apart);
    mkdirSync(join(apart, "billing"));
    const found = await loadBase("HEAD", [], { cwd: join(apart, "billing"), now: named("balances.yaml") });
    expect(found.config?.balances.map(({ key }) => key)).toEqual(["b"]);
  });

  it("takes files, folders and globs as they are today, from the folder at hand", async () => {
    const repository = new Repository({
      "billing/teams/a.yaml": file("a"),
      "billing/teams/deep/b.yml": file("b"),
      "billing/teams/.hidden.yaml": file("hidden"),
      "billing/teams/node_modules/c.yaml": file("c"),
      "billing/extra.json": file("d"),
      "other/e.yaml": file("e"),
    });
    expect(await repository.keys("HEAD", ["teams"], "billing")).toEqual(["a", "b"]);
    expect(await repository.keys("HEAD", ["teams/*.yaml", "*.json"], "billing")).toEqual(["a", "d"]);
    expect(await repository.keys("HEAD", ["../**/*.yaml"], "billing")).toEqual(["a", "e"]);
    expect(await repository.keys("HEAD", [join(repository.path, "other")], "billing")).toEqual(["e"]);
  });

  it("has the files that were deleted since, and not those that were added", async () => {
    const repository = new Repository({ "balances/a.yaml": file("a"), "balances/b.yaml": file("b") });
    repository.git("rm", "-q", "balances/b.yaml");
    repository.write({ "balances/c.yaml": file("c"), "extra.yaml": file("x") });
    repository.commit();
    expect(await repository.keys("HEAD~1")).toEqual(["a", "b"]);
    expect(await repository.keys("HEAD~1", ["balances", "extra.yaml"])).toEqual(["a", "b"]);
  });

  it("knows files by the names they had", async () => {
    const keys = Array.from({ length: 20 }, (_, n) => `key-${n}`);
    const repository = new Repository({ "balances.yaml": file(...keys) });
    repository.git("mv", "balances.yaml", "contracts.yaml");
    repository.write({ "contracts.yaml": file(...keys, "added") });
    repository.commit();
    expect(await repository.keys("HEAD~1", ["contracts.yaml"])).toEqual([...keys].sort());
    const { config } = await repository.base("HEAD~1", ["contracts.yaml"]);
    expect(config?.files).toEqual(["balances.yaml"]);
  });

  it("knows files by the folders they were in", async () => {
    const repository = new Repository({
      "teams/a.yaml": file("a", "shared content"),
      "teams/b.yaml": file("b", "other content"),
    });
    repository.git("mv", "teams", "groups");
    repository.commit();
    const keys = ["a", "b", "other content", "shared content"];
    expect(await repository.keys("HEAD~1", ["groups"])).toEqual(keys);
    expect(await repository.keys("HEAD~1", ["groups/*.yaml"])).toEqual(keys);
  });

  it("is none, and no error, where nothing was there yet", async () => {
    const repository = new Repository({ "README.md": "nothing yet" });
    repository.write({ "balances.yaml": file("a") });
    repository.commit();
    expect(await repository.base("HEAD~1")).toMatchObject({ config: null, warnings: [] });
    expect(await repository.base("HEAD~1", ["balances.yaml"])).toMatchObject({ config: null, warnings: [] });
  });

  it("is warned of, and no error, where it is broken", async () => {
    const repository = new Repository({ "balances.yaml": "version: 1\nnamespace: contracts\nbalance: []\n" });
    repository.write({ "balances.yaml": file("a") });
    const { config, warnings } = await repository.base("main");
    expect(config).toBeNull();
    expect(warnings).toMatchObject([{ code: "base-broken" }]);
    expect(warnings[0]?.message).toMatch(
      /main \(\w{7}\) is broken.*balances\.yaml:3:1: there is no field `balance`/,
    );
  });

  it("has a file that is gone beside those that are named, as a shell names them for a glob", async () => {
    const repository = new Repository({
      "balances/k.yaml": file("k"),
      "balances/z.json": file("z"),
      "balances/off.yaml": file("off"),
      "balances/kept.yaml": file("kept"),
      "balances/.hidden.yaml": file("hidden"),
      "balances/deeper/d.yaml": file("deeper"),
      "elsewhere/e.yaml": file("elsewhere"),
    });
    const rm = ["balances/z.json", "balances/.hidden.yaml", "balances/deeper", "elsewhere/e.yaml"];
    repository.git("rm", "-q", "-r", ...rm);
    repository.git("mv", "balances/off.yaml", "balances/off.yaml.bak");
    expect(await repository.keys("HEAD", ["balances/k.yaml"])).toEqual(["k", "off", "z"]);
    expect(await repository.keys("HEAD", ["k.yaml"], "balances")).toEqual(["k", "off", "z"]);
    repository.commit();
    repository.write({ "balances/new.yaml": file("new") });
    expect(await repository.keys("HEAD~1", ["balances/new.yaml"])).toEqual(["off", "z"]);
    // A glob says itself what it means.
    expect(await repository.keys("HEAD~1", ["balances/*.yaml"])).toEqual(["k", "kept", "off"]);
  });

  it("knows a file by the name it had in its folder before git knows of the new one", async () => {
    const repository = new Repository({ "balances/a.yaml": file("a"), "balances/b.yaml": file("b") });
    renameSync(join(repository.path, "balances/b.yaml"), join(repository.path, "balances/c.yaml"));
    expect(await repository.keys("HEAD", ["balances/a.yaml", "balances/c.yaml"])).toEqual(["a", "b"]);
  });

  it("has git run no program that the repository names, and finds what was renamed", async () => {
    const repository = new Repository({
      "a.yaml": file("a", "other content"),
      ".gitattributes": "*.yaml filter=f diff=f\n",
    });
    renameSync(join(repository.path, "a.yaml"), join(repository.path, "b.yaml"));
    repository.git("add", "--all", "--intent-to-add");
    const ran = join(repository.path, ".git/ran");
    const program = join(repository.path, ".git/program");
    writeFileSync(program, `#!/bin/sh\necho "$0 $*" >> '${ran}'\ncat\n`, { mode: 0o755 });
    const runs = ["core.fsmonitor", "diff.external", "diff.f.command", "diff.f.textconv"];
    for (const name of [...runs, "filter.f.clean", "filter.f.smudge", "filter.f.process"]) {
      repository.git("config", name, program);
    }
    repository.git("config", "filter.f.required", "true");
    repository.git("config", "diff.f.binary", "true");
    // As if it had been written since: git has to look at the content.
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(repository.path, "b.yaml"), later, later);
    utimesSync(join(repository.path, ".gitattributes"), later, later);
    expect(await repository.keys("HEAD", ["b.yaml"])).toEqual(["a", "other content"]);
    expect(existsSync(ran)).toBe(false);

    // What no option can turn off is not run either, and nothing is taken for renamed.
    repository.git("config", "filter.f=g.clean", program);
    writeFileSync(join(repository.path, ".gitattributes"), "*.yaml filter=f=g\n");
    await repository.base("HEAD", ["b.yaml"]);
    expect(existsSync(ran)).toBe(false);
  });

  it("leaves out what is gone and was another's", async () => {
    const repository = new Repository({
      "a.yaml": fileOf({ environment: "live" }, "a"),
      "other.yaml": fileOf({ namespace: "trials" }, "other"),
      "sandbox.yaml": fileOf({ environment: "sandbox" }, "sandbox"),
      "package.json": '{ "name": "shop" }',
      "broken.yaml": "{{ template }}: [",
    });
    repository.git("rm", "-q", "other.yaml", "sandbox.yaml", "package.json", "broken.yaml");
    expect(await repository.keys("HEAD", ["a.yaml"])).toEqual(["a"]);
    repository.write({ "b.yaml": fileOf({ environment: "live" }, "b") });
    rmSync(join(repository.path, "a.yaml"));
    expect(await repository.keys("HEAD", ["b.yaml"])).toEqual(["a"]);
  });

  it.each([
    ["has the same balance", file("a"), "has another balance named"],
    ["disagrees", fileOf({ limits: { deletes: 1 } }, "z"), "`limits.deletes` is 1 here, but 5"],
    ["is broken", fileOf({ balance: [] }, "z"), "there is no field `balance`"],
  ])("warns of a file that is gone and %s, and compares with the others", async (_, gone, reason) => {
    const repository = new Repository({
      "a.yaml": fileOf({ limits: { deletes: 5 } }, "a"),
      "z.yaml": gone,
    });
    rmSync(join(repository.path, "z.yaml"));
    const { config, warnings } = await repository.base("HEAD", ["a.yaml"]);
    expect(config?.balances).toMatchObject([{ key: "a" }]);
    expect(warnings).toMatchObject([{ code: "base-in-doubt" }]);
    expect(warnings[0]?.message).toMatch(/^z\.yaml was there at HEAD \(\w{7}\) and is gone/);
    expect(warnings[0]?.message).toContain(reason);
  });

  it("follows links within the commit, and nowhere else", async () => {
    const repository = new Repository({ "real/a.yaml": file("a"), "balances/own.yaml": file("own") });
    symlinkSync("../real/a.yaml", join(repository.path, "balances/a.yaml"));
    symlinkSync("../real", join(repository.path, "balances/folder"));
    repository.commit();
    expect(await repository.keys("HEAD")).toEqual(["a", "own"]);
    const outside = new Repository({ "secret.yaml": file("secret") });
    symlinkSync(join(outside.path, "secret.yaml"), join(repository.path, "balances/absolute.yaml"));
    symlinkSync("../../../../../../../../etc/passwd", join(repository.path, "balances/passwd.yaml"));
    symlinkSync("circle.yaml", join(repository.path, "balances/circle.yaml"));
    repository.commit();
    const { config, warnings } = await loadBase("HEAD", [], { cwd: repository.path, now: named() });
    expect(config).toBeNull();
    expect(warnings[0]?.message).toContain(
      "absolute.yaml:1:1: the link leads out of the repository (and 2 more)",
    );
    expect(JSON.stringify(warnings)).not.toContain("root:");
  });

  it("says that a path lies outside of the repository", async () => {
    const repository = new Repository({ "balances.yaml": file("a") });
    const elsewhere = new Repository({ "balances.yaml": file("b") });
    const problem = await problemOf(repository.base("main", [join(elsewhere.path, "balances.yaml")]));
    expect(problem).toMatchObject({ code: "outside-repository" });
  });

  it("says how to fetch what a shallow clone does not have", async () => {
    const origin = new Repository({ "balances.yaml": file("a") });
    origin.git("checkout", "-q", "-b", "raise");
    origin.write({ "balances.yaml": file("a", "b") });
    const head = origin.commit();
    const path = mkdtempSync(join(tmpdir(), "autumn-balances-clone-"));
    onTestFinished(() => rmSync(path, { recursive: true, force: true }));
    const clone = join(path, "clone");
    origin.git("clone", "-q", "--depth=1", "--branch=raise", `file://${origin.path}`, clone);
    const load = (given: string) => loadBase(given, [], { cwd: clone, now: named("balances.yaml") });
    for (const given of ["main", "origin/main"]) {
      const problem = await problemOf(load(given));
      expect(problem).toMatchObject({ code: "unknown-base" });
      expect(problem?.hint).toContain("`git fetch --depth=1 origin main` and pass --base FETCH_HEAD");
      expect(problem?.hint).toContain("fetch-depth: 0");
    }
    expect((await problemOf(load(`${head}~1`)))?.hint).toContain("shallow");
    execFileSync("git", ["fetch", "-q", "--depth=1", "origin", "main"], { cwd: clone });
    expect((await load("FETCH_HEAD")).config?.balances).toMatchObject([{ key: "a" }]);
  });

  it("names the branch of the remote that was meant", async () => {
    const origin = new Repository({ "balances.yaml": file("a") });
    origin.git("branch", "release");
    const clone = join(origin.path, "clone");
    origin.git("clone", "-q", `file://${origin.path}`, clone);
    const load = (given: string) => loadBase(given, [], { cwd: clone, now: named("balances.yaml") });
    expect((await problemOf(load("release")))?.hint).toBe("did you mean origin/release?");
    expect((await problemOf(load("relaese")))?.hint).toContain("git fetch origin relaese");
  });

  it.each([
    "--output=pwned",
    "-h",
    "main..HEAD",
    "main:balances.yaml",
    ":/a step",
    "main\nHEAD",
    "$(touch pwned)",
    "",
    "x".repeat(300),
  ])("never takes %j for a ref", async (given) => {
    const repository = new Repository({ "balances.yaml": file("a") });
    expect(await problemOf(repository.base(given))).toMatchObject({ code: "unknown-base" });
    expect(repository.git("status", "--porcelain")).toBe("");
  });
});
