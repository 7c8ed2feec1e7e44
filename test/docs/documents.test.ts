// Every command, file and program in the documents is run, and what they show is what comes out. After a change
// that is meant, `npx vitest run test/docs -u` writes outputs and generated tables anew.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { createEmulator } from "../../src/emulator/index.ts";
import { parseBalances } from "../../src/index.ts";
import { has } from "../support/has.ts";
import { type Block, blocks, commandLines } from "./markdown.ts";
import { guides } from "./pages.ts";
import { withReference } from "./reference.ts";
import { ROOT, Session } from "./session.ts";
import { complaintsAbout } from "./snippets.ts";

/** Commands that cannot be run here, and the file that shows who runs them. */
const RUN_ELSEWHERE: Readonly<Record<string, string>> = {
  "npm ci && npm run demo": ".ci/run",
  "npm test": ".ci/run",
  "npm run check && npm test": ".ci/run",
  "npm pack": "test/package/package.test.ts",
  "npm install --save-dev ../autumn-balances/autumn-balances-*.tgz": "test/package/package.test.ts",
};

/** The documents that are run, each as a session of its own. The workflows of the Action have a test of their own. */
const SESSIONS = ["README.md", ...guides()].filter((name) => name !== "docs/github-action.md");

const PROGRAMS = ["ts", "js"];

const hasTerraform = has("terraform");

describe.skipIf(!has("bash", "git")).each(SESSIONS)("%s", (name) => {
  const path = join(ROOT, name);
  const text = readFileSync(path, "utf8");
  const all = blocks(text);
  let session: Session;
  beforeAll(async () => {
    session = await Session.start();
  });
  afterAll(() => session.end());

  it("shows what comes out", async () => {
    let fresh = "";
    let end = 0;
    for (const block of all) {
      fresh += text.slice(end, block.start);
      fresh += await perform(block, session).catch((error: Error) => {
        throw new Error(`${name}:${block.line}: ${error.message}`, { cause: error });
      });
      end = block.end;
    }
    const written = withReference(fresh + text.slice(end));
    await expect(written).toMatchFileSnapshot(path);
  });

  it("has programs that compile", () => {
    const programs = all.filter(({ language }) => PROGRAMS.includes(language));
    for (const { file, text } of programs) session.write(file ?? "", text);
    const files = programs.map(({ file }) => file ?? "");
    if (files.length > 0) expect(complaintsAbout(session.cwd, files)).toEqual([]);
  });
});

/** Does what a block says; returns what it should read. */
async function perform(block: Block, session: Session): Promise<string> {
  const { language, file, text } = block;
  // Synthesizing asks terraform for its version where something was moved.
  if (!hasTerraform && /^\$ (?:terraform|npx cdktf) |\.moveFromId\(/m.test(text)) return text;
  if (language === "console") return session.refreshed(text);
  if (language === "sh") await runShell(text, session);
  else if (language === "yaml") checkYaml(text);
  else if (PROGRAMS.includes(language) && file === undefined) throw new Error("a program needs a file name");
  else if (language !== "text" && !PROGRAMS.includes(language)) {
    throw new Error(`nobody checks a block of ${language || "no language"}`);
  }
  if (file !== undefined) session.write(file, text);
  if (PROGRAMS.includes(language))
    await mustEnd(session, `node --import ${import.meta.resolve("tsx")} ${file}`);
  return text;
}

async function runShell(text: string, session: Session): Promise<void> {
  const lines = commandLines(text);
  const elsewhere = lines.filter((line) => RUN_ELSEWHERE[line] !== undefined);
  for (const line of elsewhere) {
    const proof = readFileSync(join(ROOT, RUN_ELSEWHERE[line] ?? ""), "utf8");
    for (const part of line.split(" && ")) expect(proof, "the file that runs it").toContain(part);
  }
  if (elsewhere.length === lines.length) return;
  expect(elsewhere, "a block is run here or elsewhere").toEqual([]);
  // Installing and publishing is not for a test of words to do.
  expect(
    lines.filter((line) => /^npm\b|^npx (?!(?:autumn-balances|cdktf|tsx) )/.test(line)),
    "commands nobody runs",
  ).toEqual([]);
  await mustEnd(session, text);
}

async function mustEnd(session: Session, command: string): Promise<void> {
  const { code, output } = await session.run(command);
  if (code !== 0) throw new Error(`"${command.trim()}" ended with ${code}:\n${output}`);
}

/** A balances file, a seed, or entries on their own. */
function checkYaml(text: string): void {
  const value: unknown = parse(text);
  if (value !== null && typeof value === "object" && "features" in value) {
    createEmulator({ seed: value as Record<string, unknown> });
    return;
  }
  const isWhole = value !== null && typeof value === "object" && "version" in value;
  const file = isWhole
    ? text
    : `version: 1\nnamespace: docs\n${Array.isArray(value) ? "balances:\n" : ""}${text}`;
  expect(parseBalances(file, "balances.yaml").problems).toEqual([]);
}
