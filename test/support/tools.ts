// The tools that tests need besides Node: where one is missing, tests that need it are skipped, and the end of the run
// says so.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { browserExecutable } from "../../scripts/browser.ts";
import { CONTRACT } from "./contract.ts";
import { NODES, nodeExecutable } from "./nodes.ts";

interface Tool {
  readonly isThere: () => boolean;
  /** What cannot be tested without it. */
  readonly for: string;
  readonly install: string;
  /** Not everybody can have it, so that no run can require it. */
  readonly isOptional?: boolean;
}

const answers = (program: string, ...args: readonly string[]): boolean =>
  spawnSync(program, args, { stdio: "ignore" }).status === 0;

const TOOLS = {
  bash: {
    isThere: () => answers("bash", "-c", "exit 0"),
    for: "the documents, the pipelines and the package",
    install: "install bash",
  },
  chromium: {
    isThere: () => browserExecutable() !== undefined,
    for: "the HTML report and the documentation in a browser",
    install: "install Chromium or Chrome, or name its executable in CHROMIUM",
  },
  conftest: {
    isThere: () => answers("conftest", "--version"),
    for: "the rules of examples/policy for Open Policy Agent",
    install: "install conftest (https://www.conftest.dev)",
    isOptional: true,
  },
  git: {
    isThere: () => answers("git", "--version"),
    for: "comparing with a branch, the GitHub Action, the pipelines and the package",
    install: "install git",
  },
  nodes: {
    isThere: () => NODES.every((major) => nodeExecutable(major) !== undefined),
    for: `what is built, under Node ${NODES.join(", ")}`,
    install: "npm ci --prefix test/nodes",
  },
  python3: {
    isThere: () => answers("python3", "-c", "import pty"),
    for: "the command line on a terminal",
    install: "install Python 3",
  },
  recordings: {
    isThere: () => existsSync(join(CONTRACT, "replay.mjs")),
    for: "the emulator against what the real server was seen to do",
    install: "name the folder of the recordings in AUTUMN_CONTRACT_DIR",
    isOptional: process.env.AUTUMN_CONTRACT_DIR === undefined,
  },
  fish: {
    isThere: () => answers("fish", "--version"),
    for: "its completion script",
    install: "install fish",
    isOptional: true,
  },
  zsh: {
    isThere: () => answers("zsh", "--version"),
    for: "its completion script",
    install: "install zsh",
    isOptional: true,
  },
  terraform: {
    isThere: () => answers("terraform", "version"),
    for: "the provider and the constructs under the real Terraform",
    install: "install Terraform 1.11 or later (https://developer.hashicorp.com/terraform/install)",
  },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof TOOLS;

/** Looks for all of them, once a run. Throws with REQUIRE_ALL_TESTS, if one is missing. */
export function missingTools(): ToolName[] {
  const missing = (Object.keys(TOOLS) as ToolName[]).filter((name) => !TOOLS[name].isThere());
  const required = missing.filter((name) => !(TOOLS[name] as Tool).isOptional);
  if (process.env.REQUIRE_ALL_TESTS && required.length > 0) {
    const lines = required.map((name) => `  ${name}, for ${TOOLS[name].for}: ${TOOLS[name].install}`);
    throw new Error(`REQUIRE_ALL_TESTS is set, and these are missing:\n${lines.join("\n")}`);
  }
  return missing;
}

/** The folder in that of the run with a file for each tool that was missed. */
export const SKIPPED = "skipped";

/** A line for each missing tool that tests were skipped for. @param folder the temporary folder of the run */
export function skippedLines(folder: string): string[] {
  const path = join(folder, SKIPPED);
  if (!existsSync(path)) return [];
  return (readdirSync(path) as ToolName[])
    .sort()
    .map((name) => `Skipped without ${name}: ${TOOLS[name].for}. To run it, ${TOOLS[name].install}.`);
}
