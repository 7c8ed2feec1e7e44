// The page on the GitHub Action: its tables are those of action.yml, and its workflows are what the action takes.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { ACTION } from "../action/step.ts";
import { blocks, tableBelow } from "./markdown.ts";
import { withReference } from "./reference.ts";
import { ROOT } from "./session.ts";

const PAGE = join(ROOT, "docs/github-action.md");
const page = readFileSync(PAGE, "utf8");
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };

interface Step {
  readonly uses: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

it("lists the inputs and outputs of action.yml", async () => {
  await expect(withReference(page)).toMatchFileSnapshot(PAGE);
});

it("explains every command", () => {
  const explained = tableBelow(page, "## Commands").map(([name]) => name);
  expect(explained).toEqual(["`plan`", "`apply`", "`validate`", "`drift`"]);
});

it("shows steps with inputs that there are, and actions of others by their commit", () => {
  const shown = blocks(page).filter(({ language }) => language === "yaml");
  const steps = shown.flatMap(({ text }): Step[] => {
    const value = parse(text);
    return Array.isArray(value) ? value : value.jobs.preview.steps;
  });
  expect(steps.length).toBeGreaterThan(2);
  for (const { uses, with: given = {} } of steps) {
    if (uses.startsWith("autumn-balances/")) {
      expect(uses).toBe(`autumn-balances/autumn-balances@v${version}`);
      expect(Object.keys(ACTION.inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
    } else expect(uses).toMatch(/^actions\/checkout@[0-9a-f]{40}$/);
  }
});
