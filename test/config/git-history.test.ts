// What commits did to entries, from real repositories of git.
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import {
  type GitHistory,
  type GitHistoryOptions,
  loadConfig,
  loadGitHistory,
  type ReadGitHistory,
} from "../../src/config/index.ts";
import { has } from "../support/has.ts";
import { file, fileOf, named, Repository } from "./repository.ts";

const LONG_AGO = Date.UTC(2000, 0, 1);

async function load(
  repository: { path: string },
  paths: readonly string[] = [],
  { folder = ".", ...options }: Partial<GitHistoryOptions> & { folder?: string } = {},
): Promise<GitHistory> {
  const cwd = join(repository.path, folder);
  const now = await loadConfig(paths, { cwd });
  return loadGitHistory(paths, now, { cwd, since: LONG_AGO, mostCommits: 100, ...options });
}

async function read(...args: Parameters<typeof load>): Promise<ReadGitHistory> {
  const history = await load(...args);
  if (history.kind === "none") throw new Error(history.reason);
  return history;
}

/** What each change did: `+a` appeared, `-a` was removed, `a 1 → 2` changed. */
const told = ({ changes }: ReadGitHistory): string[] =>
  changes.map(({ key, before, after, commit }) => {
    const what =
      before === null
        ? `+${key}`
        : after === null
          ? `-${key}`
          : `${key} ${before.included} → ${after.included}`;
    return commit === null ? `${what} (not committed)` : what;
  });

const granting = (included: number): string =>
  fileOf({}, "a").replace('"included":1', `"included":${included}`);

describe.skipIf(!has("git"))("the history of entries in git", () => {
  it("tells what appeared, changed and was removed, with commit, author and date", async () => {
    const repository = new Repository({ "balances.yaml": file("a") });
    repository.write({ "balances.yaml": granting(2) });
    const second = repository.commit();
    repository.write({ "balances.yaml": file("b") });
    repository.commit();
    const history = await read(repository);
    expect(told(history)).toEqual(["+a", "a 1 → 2", "+b", "-a"]);
    const [, changed] = history.changes;
    expect(changed).toMatchObject({
      customerId: "acme",
      key: "a",
      commit: { id: second, author: "Someone", subject: "a step" },
      after: { place: { file: "balances.yaml", line: 1 } },
    });
    expect(Math.abs((changed?.commit?.at ?? 0) - Date.now())).toBeLessThan(600_000);
    expect(history).toMatchObject({ commits: 3, isWhole: true, cut: null, wrong: 0, absent: 0 });
    expect(history.initial.size).toBe(0);
  });

  it("says nothing of the members of groups that no balances file names, and which groups these are", async () => {
    const grant = (id: string, to: object) => ({ id, to, feature_id: "api_calls", included: 1 });
    const grants = (...all: readonly object[]): string => fileOf({ grants: all }, "a");
    const listed = grant("listed", { customers: ["acme"] });
    const repository = new Repository({
      "balances.yaml": grants(grant("gone", { autumn: { plan: "pro" } }), listed),
    });
    repository.write({
      "balances.yaml": grants(grant("sheet", { csv: "customers.csv" }), listed),
      "customers.csv": "customer_id\nacme\n",
    });
    const cwd = repository.path;
    const now = await loadConfig([], { cwd });
    expect(now.balances.map(({ key }) => key)).toEqual(["a", "sheet", "listed"]);
    const history = await loadGitHistory([], now, { cwd, since: LONG_AGO, mostCommits: 100 });
    if (history.kind === "none") throw new Error(history.reason);
    expect(told(history)).toEqual(["+a", "+listed"]);
    expect([...history.grants].sort()).toEqual(["gone", "sheet"]);
  });

  it("says nothing of what says the same in another way, or elsewhere", async () => {
    const repository = new Repository({ "balances/x.yaml": file("a", "b") });
    repository.write({ "balances/x.yaml": file("b"), "balances/y.yaml": file("a") });
    repository.commit();
    repository.write({
      "balances/x.yaml": JSON.stringify(JSON.parse(file("b")), null, 4),
      "other.yaml": "x: 1",
    });
    repository.commit();
    const history = await read(repository);
    expect(told(history)).toEqual(["+a", "+b"]);
    expect(history.commits).toBe(3);
  });

  it("tells what is not committed, last", async () => {
    const repository = new Repository({ "balances.yaml": file("a") });
    repository.write({ "balances.yaml": granting(5) });
    expect(told(await read(repository))).toEqual(["+a", "a 1 → 5 (not committed)"]);
  });

  it("follows files that are renamed, and folders", async () => {
    const keys = Array.from({ length: 20 }, (_, n) => `key-${n}`);
    const repository = new Repository({ "teams/a.yaml": file(...keys) });
    repository.git("mv", "teams", "groups");
    repository.commit();
    repository.git("mv", "groups/a.yaml", "balances.yaml");
    repository.write({ "balances.yaml": file(...keys, "added") });
    repository.commit();
    const history = await read(repository);
    expect(told(history)).toEqual([...keys.map((key) => `+${key}`), "+added"]);
    expect(history.changes[0]?.after?.place?.file).toBe("teams/a.yaml");
  });

  it("knows files that are gone: of a folder, of a glob, and beside those that are named", async () => {
    const repository = new Repository({
      "balances/k.yaml": file("k"),
      "balances/off.yaml": file("off"),
      "balances/deeper/d.yml": file("deeper"),
      "balances/.hidden.yaml": file("hidden"),
      "balances/node_modules/n.yaml": file("n"),
      "balances/other.yaml": fileOf({ namespace: "others" }, "theirs"),
      "elsewhere/e.yaml": file("elsewhere"),
    });
    repository.git(
      "rm",
      "-q",
      "-r",
      "balances/off.yaml",
      "balances/deeper",
      "balances/other.yaml",
      "elsewhere",
    );
    repository.git("rm", "-q", "-r", "-f", "balances/.hidden.yaml", "balances/node_modules");
    repository.commit();
    const gone = async (...paths: string[]) =>
      told(await read(repository, paths)).filter((one) => one.startsWith("-"));
    expect(await gone()).toEqual(["-deeper", "-off"]);
    expect(await gone("balances")).toEqual(["-deeper", "-off"]);
    expect(await gone("balances/*.yaml")).toEqual(["-off"]);
    expect(await gone("balances/k.yaml")).toEqual(["-off"]);
  });

  it("leaves files alone that lie beside those that are named", async () => {
    const repository = new Repository({ "a.yaml": file("a"), "b.yaml": file("b") });
    repository.write({ "b.yaml": file("b", "c") });
    repository.commit();
    expect(told(await read(repository, ["a.yaml"]))).toEqual(["+a"]);
  });

  it("goes by what was read when no file was named", async () => {
    const repository = new Repository({ "balances/a.yaml": file("a") });
    // From here on the folder is not read any more.
    repository.write({ "balances.yaml": file("b") });
    repository.commit();
    repository.write({ "balances/a.yaml": file("a", "unread") });
    repository.commit();
    expect(told(await read(repository))).toEqual(["+a", "+b", "-a"]);
  });

  it("is that of the folder at hand, from wherever it is asked", async () => {
    const repository = new Repository({ "billing/balances.yaml": file("a"), "balances.yaml": file("b") });
    symlinkSync("billing/balances.yaml", join(repository.path, "linked.yaml"));
    expect(told(await read(repository, [], { folder: "billing" }))).toEqual(["+a"]);
    expect(told(await read(repository, ["../balances.yaml"], { folder: "billing" }))).toEqual(["+b"]);
    expect(told(await read(repository, ["linked.yaml"]))).toEqual(["+a"]);
    const elsewhere = new Repository();
    const absolute = join(repository.path, "balances.yaml");
    expect(told(await read(elsewhere, [absolute]))).toEqual(["+b"]);
  });

  it("takes a merge for what it changed where it was merged", async () => {
    const repository = new Repository({ "balances.yaml": file("a") });
    repository.git("switch", "-q", "-c", "raise");
    for (const included of [2, 3]) {
      repository.write({ "balances.yaml": granting(included) });
      repository.commit();
    }
    repository.git("switch", "-q", "main");
    repository.write({ README: "x" });
    repository.commit();
    repository.git("merge", "-q", "--no-ff", "-m", "Raise a", "raise");
    const history = await read(repository);
    expect(told(history)).toEqual(["+a", "a 1 → 3"]);
    expect(history.changes[1]?.commit?.subject).toBe("Raise a");
  });

  it("passes over versions that are wrong, as if they had not been there", async () => {
    const repository = new Repository({ "balances.yaml": file("a") });
    repository.write({ "balances.yaml": "version: 1\nnamespace: contracts\nbalances: [" });
    repository.commit();
    repository.write({ "balances.yaml": granting(2) });
    repository.commit();
    const history = await read(repository);
    expect(told(history)).toEqual(["+a", "a 1 → 2"]);
    expect(history.wrong).toBe(1);
  });

  it("takes entries of another namespace for other balances", async () => {
    const repository = new Repository({ "balances.yaml": fileOf({ namespace: "before" }, "a") });
    repository.write({ "balances.yaml": file("a") });
    const renamed = repository.commit();
    const { changes } = await read(repository);
    expect(changes).toMatchObject([{ key: "a", before: null, commit: { id: renamed } }]);
  });

  it("goes as far back as it is told, and knows what was there before", async () => {
    const repository = new Repository();
    const committed = (included: number, day: number): void => {
      vi.stubEnv("GIT_COMMITTER_DATE", `2026-01-0${day}T12:00:00Z`);
      repository.write({ "balances.yaml": granting(included) });
      const env = { ...process.env, HOME: repository.path };
      execFileSync("git", ["add", "--all"], { cwd: repository.path, env });
      execFileSync("git", ["commit", "-q", "-m", "a step"], { cwd: repository.path, env });
    };
    onTestFinished(() => void vi.unstubAllEnvs());
    const orphan = ["switch", "-q", "--orphan", "dated"];
    repository.git(...orphan);
    for (const day of [1, 2, 3, 4]) committed(day, day);
    const since = Date.UTC(2026, 0, 3);
    const history = await read(repository, [], { since });
    expect(told(history)).toEqual(["a 2 → 3", "a 3 → 4"]);
    expect([...history.initial.values()].map(({ included }) => included)).toEqual([2]);
    expect(history).toMatchObject({ isWhole: false, cut: null, since });
    expect((await read(repository)).isWhole).toBe(true);

    const few = await read(repository, [], { mostCommits: 2 });
    expect(told(few)).toEqual(["a 2 → 3", "a 3 → 4"]);
    expect(few).toMatchObject({
      cut: "commits",
      isWhole: false,
      commits: 2,
      since: Date.UTC(2026, 0, 3, 12),
    });
    expect(told(await read(repository, [], { mostCommits: 4 }))).toHaveLength(4);
    expect((await read(repository, [], { mostCommits: 4 })).cut).toBeNull();
  });

  it("does not take the end of a shallow clone for a beginning", async () => {
    const repository = new Repository({ "balances.yaml": granting(1) });
    for (const included of [2, 3]) {
      repository.write({ "balances.yaml": granting(included) });
      repository.commit();
    }
    const path = mkdtempSync(join(tmpdir(), "autumn-balances-shallow-"));
    onTestFinished(() => rmSync(path, { recursive: true, force: true }));
    repository.git("clone", "-q", "--depth=2", `file://${repository.path}`, path);
    const history = await read({ path });
    expect(told(history)).toEqual(["a 2 → 3"]);
    expect([...history.initial.values()].map(({ included }) => included)).toEqual([2]);
    expect(history).toMatchObject({ cut: "shallow", isWhole: false });
  });

  it("says why there is none", async () => {
    const plain = mkdtempSync(join(tmpdir(), "autumn-balances-plain-"));
    onTestFinished(() => rmSync(plain, { recursive: true, force: true }));
    writeFileSync(join(plain, "balances.yaml"), file("a"));
    const reason = async (repository: { path: string }) => {
      const history = await load(repository);
      return history.kind === "none" ? history.reason : "it was read";
    };
    expect(await reason({ path: plain })).toBe("the files are in no checkout of git");
    execFileSync("git", ["init", "-q"], { cwd: plain });
    expect(await reason({ path: plain })).toBe("nothing is committed yet");
    const repository = new Repository({ README: "x" });
    repository.write({ "balances.yaml": file("a") });
    expect(await reason(repository)).toBe("the files are not committed");
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv("PATH", plain);
    expect(await reason(repository)).toBe("git was not found");
  });

  it("takes no field for another, whatever files and people are called", async () => {
    const repository = new Repository({ "balances/a.yaml": file("a") });
    const names = ["\n:100644 100644 aa bb M", "tab\tname", 'quo"te', "\u001b[2J", "-x", "é"];
    repository.write(Object.fromEntries(names.map((name, n) => [`balances/${name}.yaml`, file(`n${n}`)])));
    repository.git("config", "user.name", "Eve\u001b[31m:100644 M\u202e");
    repository.git("add", "--all");
    repository.git("commit", "-q", "-m", ":000000 100644 A\n\n:second");
    const history = await read(repository);
    expect(told(history).sort()).toEqual(["+a", ...names.map((_, n) => `+n${n}`)].sort());
    expect(history.changes.at(-1)?.commit).toMatchObject({
      author: "Eve\u001b[31m:100644 M\u202e",
      subject: ":000000 100644 A",
    });
  });

  it.skipIf(process.platform === "win32")("asks git as often for a hundred commits as for one", async () => {
    const repository = new Repository({ "balances.yaml": file("a") });
    const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
    const bin = mkdtempSync(join(tmpdir(), "autumn-balances-bin-"));
    onTestFinished(() => rmSync(bin, { recursive: true, force: true }));
    writeFileSync(join(bin, "git"), `#!/bin/sh\necho "$@" >> "${bin}/calls"\nexec "${real}" "$@"\n`);
    chmodSync(join(bin, "git"), 0o755);
    const calls = async (): Promise<number> => {
      writeFileSync(join(bin, "calls"), "");
      vi.stubEnv("PATH", `${bin}:${process.env.PATH}`);
      await read(repository, [], { mostCommits: 1000 });
      vi.unstubAllEnvs();
      return readFileSync(join(bin, "calls"), "utf8").trim().split("\n").length;
    };
    const one = await calls();
    for (let n = 0; n < 30; n++) {
      repository.write({ "balances.yaml": file(...Array.from({ length: n + 1 }, (_, key) => `key-${key}`)) });
      repository.commit();
    }
    expect(await calls()).toBe(one);
    expect(one).toBeLessThanOrEqual(5);
  });
});

/** Gives the last commit a signature, which a program would have to look at. */
function sign(repository: Repository): void {
  const { path } = repository;
  const commit = execFileSync("git", ["cat-file", "commit", "HEAD"], { cwd: path, encoding: "utf8" });
  const signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n aaaa\n -----END PGP SIGNATURE-----\n";
  const input = commit.replace("\n\n", `\n${signature}\n`);
  const write = ["hash-object", "-t", "commit", "-w", "--stdin"];
  const signed = execFileSync("git", write, { cwd: path, encoding: "utf8", input }).trim();
  repository.git("update-ref", "refs/heads/main", signed);
}

describe.skipIf(!has("git") || process.platform === "win32")("a hostile repository", () => {
  /** Has everything in its configuration that could have git run something. */
  function hostile(): { repository: Repository; ran: () => boolean; blob: string } {
    const repository = new Repository({ "balances.yaml": file("a") });
    const blob = repository.git("rev-parse", "HEAD:balances.yaml");
    repository.write({ "balances.yaml": granting(2), ".gitattributes": "* diff=evil filter=evil\n" });
    repository.commit();
    sign(repository);
    const mark = join(repository.path, ".git/ran");
    const script = join(repository.path, ".git/evil");
    writeFileSync(script, `#!/bin/sh\ntouch "${mark}"\n`);
    chmodSync(script, 0o755);
    appendFileSync(
      join(repository.path, ".git/config"),
      `[log]
	showSignature = true
	follow = true
	showRoot = false
[gpg]
	program = ${script}
[core]
	pager = ${script}
	fsmonitor = ${script}
	sshCommand = ${script}
	hooksPath = .git/hooks
[pager]
	log = ${script}
[diff]
	external = ${script}
	relative = true
	noprefix = true
[diff "evil"]
	command = ${script}
	textconv = ${script}
[filter "evil"]
	clean = ${script}
	smudge = ${script}
[alias]
	log = !${script}
	cat-file = !${script}
[i18n]
	logOutputEncoding = UTF-16
[format]
	pretty = evil
[color]
	ui = always
[extensions]
	partialClone = origin
[protocol "ext"]
	allow = always
[protocol]
	allow = always
[remote "origin"]
	promisor = true
	url = ext::${script}
`,
    );
    return { repository, ran: () => existsSync(mark), blob };
  }

  it("has git run nothing", async () => {
    const { repository, ran } = hostile();
    const env = { ...process.env, HOME: repository.path };
    const history = await read(repository);
    expect(told(history)).toEqual(["+a", "a 1 → 2"]);
    expect(ran()).toBe(false);
    // That it could have: git as anybody runs it does.
    execFileSync("git", ["status"], { cwd: repository.path, env, stdio: "ignore" });
    expect(ran()).toBe(true);
  });

  it("has nothing fetched in place of what it lacks, and says that it lacks it", async () => {
    const { repository, ran, blob } = hostile();
    rmSync(join(repository.path, ".git/objects", blob.slice(0, 2), blob.slice(2)), { force: true });
    const history = await read(repository);
    expect(ran()).toBe(false);
    expect(history.absent).toBe(1);
    expect(told(history)).toEqual(["+a"]);
    expect(history.changes[0]?.after?.included).toBe(2);
    // That it could have been: git as anybody runs it asks for it.
    const env = { ...process.env, HOME: repository.path, GIT_NO_LAZY_FETCH: "0" };
    expect(() =>
      execFileSync("git", ["cat-file", "blob", blob], { cwd: repository.path, env, stdio: "ignore" }),
    ).toThrow();
    expect(ran()).toBe(true);
  });

  it("that belongs to somebody else is left alone", async () => {
    const repository = new Repository({ "balances.yaml": file("a") });
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    vi.stubEnv("HOME", repository.path);
    const history = await loadGitHistory(
      [],
      { ...named("balances.yaml"), balances: [] },
      {
        cwd: repository.path,
        since: LONG_AGO,
        mostCommits: 10,
      },
    );
    expect(history.kind === "none" && history.reason).toMatch(/dubious ownership/);
  });
});
