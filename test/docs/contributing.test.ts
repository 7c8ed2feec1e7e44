// The way of one balance in CONTRIBUTING.md: each function it names is in the file that it names.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { tableBelow } from "./markdown.ts";
import { ROOT } from "./session.ts";

const unquoted = (cell = ""): string => cell.replaceAll("`", "");

const steps = tableBelow(readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8"), "## The way of one balance");

it.each(steps)("%s: %s", (_, name, file) => {
  const source = readFileSync(join(ROOT, unquoted(file)), "utf8");
  expect(source).toMatch(new RegExp(`^export (?:async )?(?:function|class) ${unquoted(name)}\\b`, "m"));
});
