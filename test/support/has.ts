// Whether the tools that a test runs are there: `it.skipIf(!has("git", "bash"))`.
import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { SKIPPED, type ToolName } from "./tools.ts";

declare module "vitest" {
  interface ProvidedContext {
    missingTools: readonly ToolName[];
  }
}

/** Whether all of them are there. Of one that is not, the end of the run says what was skipped. */
export function has(...names: readonly ToolName[]): boolean {
  const missing = names.filter((name) => inject("missingTools").includes(name));
  const folder = join(tmpdir(), SKIPPED);
  if (missing.length > 0) mkdirSync(folder, { recursive: true });
  for (const name of missing) writeFileSync(join(folder, name), "");
  return missing.length === 0;
}
