// The configuration as it was in a file or folder: a second checkout, or files that were kept.
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadBase } from "../../src/config/index.ts";
import { has } from "../support/has.ts";
import { file, named, problemOf, Repository } from "./repository.ts";

describe.skipIf(!has("git"))("a base by its path", () => {
  it("is a file or a folder as it was, and needs no git", async () => {
    const repository = new Repository({
      "balances.yaml": file("now"),
      "before/a.yaml": file("a"),
      "before/b.yaml": file("b"),
    });
    rmSync(join(repository.path, ".git"), { recursive: true });
    expect(await repository.keys("./before")).toEqual(["a", "b"]);
    expect(await repository.keys("before/b.yaml")).toEqual(["b"]);
    expect((await repository.base("before/b.yaml")).name).toBe("before/b.yaml");
    expect(await problemOf(repository.base("main"))).toMatchObject({ code: "unknown-base" });
  });

  const COPY = {
    "before/balances/a.yaml": file("a"),
    "before/balances/z.yaml": file("z"),
    "before/balances/deep/d.yaml": file("d"),
    "before/package.json": '{ "name": "shop" }',
    "before/ci.yaml": "jobs: []",
  };

  it("is a folder in which the same files are looked for", async () => {
    const repository = new Repository({ ...COPY, "balances/a.yaml": file("now"), "new.yaml": file("new") });
    const inside = join(repository.path, "balances");
    expect(await repository.keys("./before")).toEqual(["a", "d", "z"]);
    expect(await repository.keys("./before", ["balances"])).toEqual(["a", "d", "z"]);
    expect(await repository.keys("./before", [inside, "new.yaml"])).toEqual(["a", "d", "z"]);
    expect(await repository.keys("./before", ["balances/*.yaml"])).toEqual(["a", "z"]);
    expect(await repository.keys("../before/balances", ["."], "balances")).toEqual(["a", "d", "z"]);
    const { config } = await repository.base("./before", ["balances/*.yaml"]);
    expect(config?.files).toEqual(["before/balances/a.yaml", "before/balances/z.yaml"]);
    // Names that a shell has put in place of the glob.
    expect(await repository.keys("./before", ["balances/a.yaml"])).toEqual(["a", "z"]);
    // What was added since has its place there, and nothing to be compared with.
    repository.write({ "balances/deep/e.yaml": file("e"), "before/balances/deep/d.yaml": "jobs: []" });
    expect(await repository.keys("./before", ["balances/deep/e.yaml"])).toBeUndefined();
  });

  it("is a checkout that had none of the files yet, whatever else it has", async () => {
    const repository = new Repository({ "balances.yaml": file("a"), "before/package.json": "{}" });
    expect((await repository.base("./before")).warnings).toMatchObject([{ code: "base-broken" }]);
    repository.write({ "before/.git": "gitdir: elsewhere" });
    expect(await repository.keys("./before")).toBeUndefined();
    repository.write({ "before/balances.json": file("b") });
    expect(await repository.keys("./before")).toEqual(["b"]);
  });

  it("says that nothing is known of files outside the working folder", async () => {
    const repository = new Repository({
      "a.yaml": file("a"),
      "here/b.yaml": file("b"),
      "kept/a.yaml": file("c"),
    });
    const problem = await problemOf(repository.base("../kept", ["b.yaml", "../a.yaml"], "here"));
    expect(problem).toMatchObject({ code: "outside-base" });
    expect(await repository.keys("../kept/a.yaml", ["../a.yaml"], "here")).toEqual(["c"]);
  });

  it("is told from a branch of the same name by its ./", async () => {
    const repository = new Repository({ "balances.yaml": file("committed"), "main/a.yaml": file("kept") });
    expect(await repository.keys("main", ["balances.yaml"])).toEqual(["committed"]);
    expect(await repository.keys("./main", ["balances.yaml"])).toEqual(["kept"]);
  });

  it("gives way to nothing when the name is another's", async () => {
    const repository = new Repository({ "balances.yaml": file("a") });
    renameSync(join(repository.path, "balances.yaml"), join(repository.path, "moved.yaml"));
    const load = loadBase("./gone.yaml", ["moved.yaml"], { cwd: repository.path, now: named("moved.yaml") });
    expect(await problemOf(load)).toMatchObject({ code: "unknown-base" });
  });
});
