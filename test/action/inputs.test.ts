// The inputs: those of action.yml and no others, and plain words where one is wrong.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { INPUTS } from "../../src/action/inputs.ts";
import { OUTPUTS } from "../../src/action/report.ts";
import { balances, folder, ONCE } from "../cli/helper.ts";
import { ACTION, step } from "./step.ts";

const PUSH = { eventName: "push", event: { ref: "refs/heads/main" } };
const files = { "balances.yaml": balances([ONCE]) };

describe("action.yml", () => {
  it("has the inputs and outputs of the code", () => {
    expect(Object.keys(ACTION.inputs)).toEqual([...INPUTS]);
    expect(Object.keys(ACTION.outputs)).toEqual([...OUTPUTS]);
  });

  it("says of each what it is, and names the file that is built", () => {
    for (const { description } of [...Object.values(ACTION.inputs), ...Object.values(ACTION.outputs)])
      expect(description).toMatch(/\w.*\.$/s);
    expect(ACTION.runs.using).toBe("node24");
    expect(existsSync(fileURLToPath(new URL(`../../${ACTION.runs.main}`, import.meta.url)))).toBe(true);
  });
});

describe("inputs", () => {
  it.each([
    [{ command: "deploy" }, "the input command is `deploy`%0Ahint: write plan, apply, validate or drift"],
    [{ comment: "yes" }, "the input comment is `yes`%0Ahint: write auto, true or false"],
    [{ prune: "maybe" }, "the input prune is `maybe`%0Ahint: write true or false"],
    [{ "working-directory": "nowhere" }, "the input working-directory is `nowhere`, which is no folder here"],
    [{ command: "validate", prune: "true" }, "the input prune means nothing to `command: validate`"],
    [
      { command: "drift", base: "main" },
      "the input base means nothing to `command: drift`%0Ahint: leave it out",
    ],
    [{ shard: "5/4" }, "option '--shard <i/n>' argument '5/4' is invalid. Write it like 2/7"],
    [{ shard: "--force" }, "option '--shard <i/n>' argument '--force' is invalid."],
    [
      { args: "--limit-deletes many" },
      "option '--limit-deletes <n>' argument 'many' is invalid. It is a whole",
    ],
    [{ args: "--limit-delete 5" }, "unknown option '--limit-delete' (Did you mean --limit-deletes?)"],
    [{ args: "--yes" }, "unknown option '--yes'"],
    [{ args: "--format json" }, "unknown option '--format'%0A"],
    [{ args: "--Limit-Deletes 5" }, "unknown option '--Limit-Deletes' (Did you mean --limit-deletes?)"],
    [{ args: '--limit-deletes "50' }, "the input args has a quote that is not closed"],
    [{ args: "--team it's" }, "the input args has a quote that is not closed"],
    [{ args: "other.yaml" }, "too many arguments"],
    [{ args: "--help" }, "unknown option '--help'"],
  ])("%j is refused", async (inputs, expected) => {
    const ended = await step({ workspace: folder(files), ...PUSH, inputs });
    expect(ended.code).toBe(1);
    expect(ended.annotations).toEqual([expect.stringContaining(`::error title=bad-input::${expected}`)]);
    expect(ended.summary).toContain("1 problem");
  });

  it("are all looked at, and complained of at once", async () => {
    const inputs = { command: "x", comment: "y", prune: "z" };
    const ended = await step({ workspace: folder(files), ...PUSH, inputs });
    expect(ended.annotations).toHaveLength(3);
  });

  it("may be written as YAML's true and false", async () => {
    const ended = await step({ workspace: folder(files), inputs: { command: "Validate", comment: "False" } });
    expect(ended.code, ended.printed).toBe(0);
  });
});
