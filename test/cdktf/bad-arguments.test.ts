// What the loader of balances files complains about, a construct complains about in the same words, but for what only a
// file has: entries, and block scalars.
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { Balance, type BalanceConfig } from "../../src/cdktf/index.ts";
import { entryProblems } from "../../src/config/index.ts";
import { withQuotes } from "../../src/text/index.ts";
import { badEntries } from "../config/bad-entries.ts";
import { errorOf, stackWithProvider } from "./stack.ts";

/** Entries that no arguments can be: what is wrong is their YAML, or a field that constructs do not have. */
const expressible = badEntries.filter(({ entry, problems }) => {
  const isYaml =
    problems.some(({ code }) => /yaml|alias|twice|name-not|finite/.test(code)) || entry.includes("\\");
  return !isYaml && !/^(?:adopt|included_grant|id|customerId):/m.test(entry);
});

const camelCase = (name: string): string =>
  name === "__proto__" ? name : name.replaceAll(/_(\w)/g, (_, letter) => letter.toUpperCase());

function argumentsOf(entry: unknown): unknown {
  if (entry === null || typeof entry !== "object" || Array.isArray(entry)) return entry;
  return Object.fromEntries(
    Object.entries(entry).map(([name, value]) => [camelCase(name), argumentsOf(value)]),
  );
}

describe("wrong arguments", () => {
  it.each(expressible)("$name", ({ entry, problems }) => {
    const parsed: unknown = parse(entry);
    const { problems: complaints } = errorOf(
      () => new Balance(stackWithProvider(), "wrong", argumentsOf(parsed) as BalanceConfig),
    );
    expect(complaints.map(({ code }) => code).toSorted()).toEqual(
      problems.map(({ code }) => code).toSorted(),
    );
    expect(complaints.map(({ message, hint }) => ({ message, hint }))).toEqual(
      entryProblems(parsed).map(({ message, hint }) => ({
        message,
        hint: hint && withQuotes(hint.replace(", or with `|-`", "").replace("the entry", "the construct")),
      })),
    );
  });
});
