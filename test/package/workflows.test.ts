// The workflows of this repository: nothing that moves is run, nothing may write that need not, and what they say of
// versions is what the project says.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ACTION } from "../action/step.ts";
import { NODES } from "../support/nodes.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const FOLDER = join(ROOT, ".github/workflows");
const { scripts, engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  scripts: Readonly<Record<string, string>>;
  engines: { readonly node: string };
};

type Permissions = Readonly<Record<string, "read" | "write">>;

interface Job {
  readonly permissions?: Permissions;
  readonly environment?: string;
  readonly needs?: string;
  readonly if?: string;
  readonly "timeout-minutes"?: number;
  readonly strategy?: { readonly matrix: { readonly node: readonly number[] } };
  readonly steps: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, unknown>>;
    readonly env?: Readonly<Record<string, string>>;
  }[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Permissions;
  readonly jobs: Readonly<Record<string, Job>>;
}

const files = readdirSync(FOLDER);
const text = (file: string): string => readFileSync(join(FOLDER, file), "utf8");
const workflow = (file: string): Workflow => parse(text(file)) as Workflow;
const stepsOf = (file: string) => Object.values(workflow(file).jobs).flatMap(({ steps }) => steps);

/** The only jobs that may do more than read what is public anyway. */
const MAY_WRITE: Readonly<Record<string, Permissions>> = {
  "release.yml publish": { contents: "read", "id-token": "write" },
  "release.yml tag": { contents: "write" },
};

it("are these", () => {
  expect(files.sort()).toEqual(["ci.yml", "release.yml"]);
});

describe.each(files)("%s", (file) => {
  it("runs actions by their full commit, and says which version that is", () => {
    const used = text(file).match(/uses: .*/g) ?? [];
    expect(used.length).toBe(stepsOf(file).filter(({ uses }) => uses !== undefined).length);
    for (const line of used) expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("may read, and no job more than it needs", () => {
    expect(workflow(file).permissions).toEqual({ contents: "read" });
    for (const [name, { permissions }] of Object.entries(workflow(file).jobs)) {
      expect(permissions, name).toEqual(MAY_WRITE[`${file} ${name}`]);
    }
  });

  it("leaves no token behind where nothing is pushed", () => {
    for (const [name, { steps, permissions }] of Object.entries(workflow(file).jobs)) {
      for (const { uses, with: inputs } of steps) {
        if (!uses?.startsWith("actions/checkout@")) continue;
        expect(inputs?.["persist-credentials"], name).toBe(
          permissions?.contents === "write" ? undefined : false,
        );
      }
    }
  });

  it("has no secret, and runs nothing that somebody else may have written", () => {
    expect(text(file)).not.toMatch(/secrets\.|pull_request_target|workflow_run/);
    for (const { run } of stepsOf(file)) expect(run ?? "").not.toContain("${{");
  });

  it("ends every job some time", () => {
    for (const job of Object.values(workflow(file).jobs)) {
      expect(job["timeout-minutes"]).toBeLessThanOrEqual(45);
    }
  });

  it("runs scripts that there are", () => {
    for (const { run = "" } of stepsOf(file)) {
      for (const [, name = ""] of run.matchAll(/npm run (?:--silent )?([\w-]+)/g)) {
        expect(scripts).toHaveProperty(name);
      }
    }
  });
});

it("run everything on every version of Node that is supported", () => {
  const { test, bare } = workflow("ci.yml").jobs;
  expect(test?.strategy?.matrix.node).toEqual(NODES);
  expect(engines.node).toBe(`>=${NODES[0]}`);
  expect(test?.steps.some(({ run }) => run === "bash .ci/run")).toBe(true);
  expect(bare?.steps.some(({ run }) => run === "bash .ci/bare")).toBe(true);
  // The Action is run by the Node that GitHub has for it.
  expect(NODES.map((major) => `node${major}`)).toContain(ACTION.runs.using);
});

it("release by hand, from main, after all tests, and without a token", () => {
  const { on, jobs } = workflow("release.yml");
  expect(Object.keys(on)).toEqual(["workflow_dispatch"]);
  expect(jobs.check?.if).toBe("github.ref == 'refs/heads/main'");
  expect([jobs.publish?.needs, jobs.tag?.needs]).toEqual(["check", "publish"]);
  expect(jobs.publish?.environment).toBe("release");
  const commands = (name: string) => jobs[name]?.steps.map(({ run = "" }) => run).join("\n");
  expect(commands("publish")).toContain("npm publish --provenance --access public release/");
  expect(commands("publish")).toContain("npm run --silent sbom > release/sbom.cdx.json");
  expect(commands("tag")).toContain("npm run tag-release -- --push");
  expect(commands("tag")).toMatch(/gh release create .* release\/\*/);
  // Trusted publishing takes npm 11.5.1, which Node 22 does not bring.
  const setUp = jobs.publish?.steps.find(({ uses }) => uses?.startsWith("actions/setup-node@"));
  expect(setUp?.with).toEqual({ "node-version": 24 });
});

it("use the same versions of actions as the examples and the documentation", () => {
  const folders = [FOLDER, join(ROOT, "examples/ci"), join(ROOT, "docs")];
  const used = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.(?:yml|md)$/.test(name))
      .flatMap((name) => readFileSync(join(folder, name), "utf8").match(/uses: [\w-]+\/[\w-]+@.*/g) ?? []),
  );
  const actions = new Map(used.map((line) => [line.split("@")[0], line]));
  expect(used.length).toBeGreaterThan(20);
  expect(used.filter((line) => actions.get(line.split("@")[0]) !== line)).toEqual([]);
});
