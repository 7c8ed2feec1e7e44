// What a run of the tests leaves behind: nothing. All that it and its processes write into the temporary folder is in
// one folder there, which is removed at the end.
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { processesWith } from "./support/processes.ts";
import { missingTools, skippedLines } from "./support/tools.ts";

/** How long a process may take to end that has been told to. */
const GRACE_MS = 20_000;

export default function setup(project: TestProject): () => Promise<void> {
  const missing = missingTools();
  // Short, for a socket's path may be a hundred bytes long.
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "ab-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.once("exit", remove);
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  project.provide("missingTools", missing);
  return async () => {
    const left = await lastOf(folder);
    const skipped = skippedLines(folder);
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    remove();
    for (const line of skipped) console.log(line);
    if (left.length > 0) throw new Error(`processes are left behind:\n${left.join("\n")}`);
  };
}

/** The processes of the run that do not come to an end. */
async function lastOf(folder: string): Promise<string[]> {
  const deadline = Date.now() + GRACE_MS;
  for (;;) {
    const left = processesWith(folder);
    if (left.length === 0 || Date.now() > deadline) return left;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
