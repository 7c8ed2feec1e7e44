// Which files are read: files, folders, globs, links, and what stands in the way.
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig, MAX_FILE_BYTES } from "../../src/config/index.ts";
import { type Problem, ProblemsError } from "../../src/schema/index.ts";

let cwd = "";
beforeEach(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), "autumn-config-")));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

const head = "version: 1\nnamespace: contracts\n";
const fileOf = (customer: string) =>
  `${head}balances:\n  - { customer_id: ${customer}, feature_id: api_calls }\n`;

async function write(files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, name)), { recursive: true });
    await writeFile(join(cwd, name), content);
  }
}

const load = (...paths: string[]) => loadConfig(paths, { cwd });

async function problemsOf(...paths: string[]): Promise<readonly Problem[]> {
  const error = await load(...paths).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ProblemsError);
  return (error as ProblemsError).problems;
}

describe("without a path", () => {
  it("reads balances.yaml before all others", async () => {
    await write({
      "balances.yaml": fileOf("a"),
      "balances.json": fileOf("b"),
      "balances/x.yaml": fileOf("c"),
    });
    expect((await load()).files).toEqual(["balances.yaml"]);
  });

  it.each(["balances.yml", "balances.json"])("reads %s", async (name) => {
    await write({ [name]: fileOf("a"), "balances/x.yaml": fileOf("c") });
    expect((await load()).files).toEqual([name]);
  });

  it("reads the folder balances when there is no such file", async () => {
    await write({ "balances/b.yaml": fileOf("b"), "balances/a.yaml": fileOf("a") });
    expect((await load()).files).toEqual(["balances/a.yaml", "balances/b.yaml"]);
  });

  it("says how to begin where there is nothing", async () => {
    expect(await problemsOf()).toEqual([
      {
        code: "no-file",
        message: "there is no balances.yaml here",
        hint: "`autumn-balances init` writes one; or name your files",
      },
    ]);
  });
});

describe("paths", () => {
  beforeEach(() =>
    write({
      "teams/one.yaml": fileOf("one"),
      "teams/two.YML": fileOf("two"),
      "teams/deep/three.json": JSON.stringify({
        version: 1,
        namespace: "contracts",
        balances: [{ customer_id: "three", feature_id: "f" }],
      }),
      "teams/README.md": "# no balances",
      "teams/.hidden.yaml": "not: valid",
      "teams/.git/x.yaml": "not: valid",
      "teams/node_modules/x.yaml": "not: valid",
      "contract.balances": fileOf("contract"),
    }),
  );
  const all = ["teams/deep/three.json", "teams/one.yaml", "teams/two.YML"];

  it("take a folder's YAML and JSON files, without hidden ones and node_modules", async () => {
    expect((await load("teams")).files).toEqual(all);
    expect((await load("./teams/")).files).toEqual(all);
    expect((await load(".")).files).toEqual(all);
  });

  it("take a file that is named, whatever its extension", async () => {
    expect((await load("contract.balances")).files).toEqual(["contract.balances"]);
  });

  it.each([
    ["teams/*.yaml", ["teams/one.yaml"]],
    ["teams/*", ["teams/one.yaml", "teams/two.YML"]],
    ["teams/**", all],
    ["teams/**/*.{yaml,json}", ["teams/deep/three.json", "teams/one.yaml"]],
    ["**/t*", ["teams/deep/three.json", "teams/two.YML"]],
    ["t?ams/[!t]*.yaml", ["teams/one.yaml"]],
    ["te*/de*/*.json", ["teams/deep/three.json"]],
    ["./teams/{one,nine}.yaml", ["teams/one.yaml"]],
  ])("take the glob %s", async (glob, files) => {
    expect((await load(glob)).files).toEqual(files);
  });

  it("add up, count every file once and have no order", async () => {
    const one = await load(
      "teams",
      "contract.balances",
      "teams/one.yaml",
      join(cwd, "teams/one.yaml"),
      "teams/**",
    );
    const other = await load("contract.balances", "teams/*", "teams/deep/");
    expect(one).toEqual(other);
    expect(one.files).toEqual(["contract.balances", ...all]);
    expect(one.balances.map((balance) => balance.customerId)).toEqual(["contract", "three", "one", "two"]);
    expect(one.balances[1]?.place).toEqual({ file: "teams/deep/three.json", line: 1, column: 50 });
  });

  it("outside of the working folder are called by the shorter name", async () => {
    const inside = { cwd: join(cwd, "teams/deep") };
    expect((await loadConfig(["../one.yaml"], inside)).files).toEqual(["../one.yaml"]);
    // The way back is longer than the whole path, whatever the temporary folder is called.
    const far = { cwd: join(cwd, "a/".repeat(join(cwd, "teams/one.yaml").length / 3 + 1)) };
    await mkdir(far.cwd, { recursive: true });
    expect((await loadConfig([join(cwd, "teams/one.yaml")], far)).files).toEqual([
      join(cwd, "teams/one.yaml"),
    ]);
  });

  it("that have marks of a glob in their name are taken as they are", async () => {
    await write({ "odd/[a]{b}.yaml": fileOf("odd"), "[x]/y.yaml": fileOf("y") });
    expect((await load("odd/[a]{b}.yaml", "[x]")).files).toEqual(["[x]/y.yaml", "odd/[a]{b}.yaml"]);
  });

  it("that lead nowhere are all complained about at once", async () => {
    const problems = await problemsOf("nope.yaml", "nope/*.yaml", "", "teams/*.toml", "contract.balances/x");
    expect(problems.map((problem) => problem.message)).toEqual([
      "`nope.yaml` does not exist",
      "no .yaml, .yml or .json file matches `nope/*.yaml`",
      "`` does not exist",
      "no .yaml, .yml or .json file matches `teams/*.toml`",
      expect.stringMatching(/^the file cannot be read: ENOTDIR/),
    ]);
    expect(problems.every((problem) => problem.hint)).toBe(true);
  });

  it("to a folder without files are a problem", async () => {
    await mkdir(join(cwd, "empty/.hidden"), { recursive: true });
    expect(await problemsOf("empty")).toMatchObject([
      { code: "no-file", message: "no .yaml, .yml or .json file in `empty`" },
    ]);
  });
});

describe("links", () => {
  it("in circles come to an end, and a file reached twice counts once, by its own name", async () => {
    await write({ "a/b/one.yaml": fileOf("one"), "elsewhere/two.yaml": fileOf("two") });
    await symlink("../..", join(cwd, "a/b/up"));
    await symlink(".", join(cwd, "a/self"));
    await symlink("b", join(cwd, "a/again"));
    await symlink("../elsewhere", join(cwd, "a/linked"));
    await symlink("b/one.yaml", join(cwd, "a/0.yaml"));
    expect((await load("a")).files).toEqual(["a/b/one.yaml", "a/linked/two.yaml"]);
    expect((await load("a/**")).files).toEqual((await load("a")).files);
    expect((await load(".")).files).toEqual(["a/b/one.yaml", "elsewhere/two.yaml"]);
  });

  it("are followed under each of their names, as a glob may match only one", async () => {
    await write({ "team/v2/one.yaml": fileOf("one") });
    await symlink("v2", join(cwd, "team/current"));
    await symlink("v2", join(cwd, "team/zuletzt"));
    for (const name of ["current", "v2", "zuletzt"]) {
      expect((await load(`*/${name}/*.yaml`)).files).toEqual([`team/${name}/one.yaml`]);
    }
  });

  it("to themselves are a problem", async () => {
    await symlink("loop.yaml", join(cwd, "loop.yaml"));
    const problem = { code: "unreadable", message: expect.stringContaining("ELOOP") };
    expect(await problemsOf("loop.yaml")).toMatchObject([problem]);
  });

  it("that cross in every direction are refused and do not hang", async () => {
    const names = Array.from({ length: 9 }, (_, index) => `d${index}`);
    await write(Object.fromEntries(names.map((name) => [`all/${name}/x.yaml`, fileOf(name)])));
    for (const from of names) {
      for (const to of names) await symlink(`../${to}`, join(cwd, "all", from, to));
    }
    expect(await problemsOf("all")).toMatchObject([{ code: "too-many-folders" }]);
  });

  it("to nothing are a problem, not balances that are gone", async () => {
    await write({ "a/one.yaml": fileOf("one") });
    await symlink("nowhere", join(cwd, "a/two.yaml"));
    expect(await problemsOf("a")).toMatchObject([
      {
        code: "unreadable",
        place: { file: "a/two.yaml", line: 1, column: 1 },
        message: expect.stringContaining("ENOENT"),
      },
    ]);
  });
});

/** Does it with the rights of a user who has none in particular, as root may read everything. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  for (const folder of [tmpdir(), cwd]) await chmod(folder, 0o711);
  process.seteuid?.("nobody");
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe("a file that cannot be read", () => {
  it("for want of rights is a problem, and so is a folder", async () => {
    await write({
      "a/one.yaml": fileOf("one"),
      "a/two.yaml": fileOf("two"),
      "a/b/three.yaml": fileOf("three"),
    });
    await chmod(join(cwd, "a/two.yaml"), 0);
    await chmod(join(cwd, "a/b"), 0);
    const problems = await asNobody(() => problemsOf("a"));
    await chmod(join(cwd, "a/b"), 0o755);
    expect(problems.map((problem) => problem.message)).toEqual([
      expect.stringMatching(/^the folder .*a\/b cannot be read: EACCES/),
      expect.stringMatching(/^the file cannot be read: EACCES/),
    ]);
  });

  it("because it is a device is a problem, and does not hang", async () => {
    expect(await problemsOf("/dev/zero")).toMatchObject([
      { code: "unreadable", message: "this is not a regular file" },
    ]);
  });

  it("because it is too large is a problem that states the limit", async () => {
    await write({ "large.yaml": new Uint8Array(MAX_FILE_BYTES + 1) });
    expect(await problemsOf("large.yaml")).toMatchObject([
      {
        code: "too-large",
        message: "the file has 16.0 MiB, but at most 16 MiB are read",
        hint: "split it into several files; they add up",
      },
    ]);
  });

  const bytes = (...parts: (string | number[])[]) =>
    Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))));

  it.each([
    ["a byte that never occurs", bytes("version: 1\nnamespace: a", [0xff], "b"), "byte 23 is 0xff", 2, 13],
    ["Latin-1", bytes("version: 1\n# caf", [0xe9], " é\n"), "byte 16 is 0xe9", 2, 6],
    ["a character that is cut off", bytes("# é😀", [0xf0, 0x9f, 0x98]), "byte 8 is 0xf0", 1, 6],
    ["an encoded surrogate", bytes("#", [0xed, 0xa0, 0x80]), "byte 1 is 0xed", 1, 2],
    ["an overlong slash", bytes("#\n#", [0xc0, 0xaf]), "byte 3 is 0xc0", 2, 2],
  ])("because it is not UTF-8: %s", async (_, content, message, line, column) => {
    await write({ "f.yaml": content });
    expect(await problemsOf("f.yaml")).toEqual([
      {
        code: "not-utf8",
        message: `the file is not UTF-8: ${message}`,
        hint: "save it as UTF-8",
        place: { file: "f.yaml", line, column },
      },
    ]);
  });

  it("because it is UTF-16", async () => {
    await write({ "f.yaml": Buffer.from(`\uFEFF${fileOf("a")}`, "utf16le") });
    expect(await problemsOf("f.yaml")).toMatchObject([{ code: "not-utf8", message: "the file is UTF-16" }]);
  });
});

it("collects the problems of all files, in their order", async () => {
  await write({
    "b.yaml": `${head}balances:\n  - { customer_id: 1 }\n`,
    "a.yaml": "version: 1\nnamespace: [",
    "c.yaml": fileOf("c"),
  });
  const places = (await problemsOf("c.yaml", "b.yaml", "a.yaml", "d.yaml")).map(({ code, place }) => [
    code,
    place?.file,
    place?.line,
  ]);
  expect(places).toEqual([
    ["no-file", undefined, undefined],
    ["yaml-syntax", "a.yaml", 2],
    ["missing-field", "b.yaml", 4],
    ["not-text", "b.yaml", 4],
  ]);
});

it("reads a hundred files", async () => {
  await write(
    Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`all/${i}.yaml`, fileOf(`customer_${i}`)])),
  );
  expect((await load("all")).balances).toHaveLength(100);
});
