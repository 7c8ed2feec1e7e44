// By what CI systems recognise a problem that they have shown before.
import { createHash } from "node:crypto";
import type { Problem } from "../../schema/index.ts";
import { repositoryPath } from "./repository-path.ts";

/** One for each problem: unique, and unchanged when only lines above the problem were added or removed. */
export function fingerprints(problems: readonly Problem[]): string[] {
  const seen = new Map<string, number>();
  return problems.map(({ code, message, place }) => {
    const what = JSON.stringify([code, message, repositoryPath(place?.file ?? "")]);
    const times = seen.get(what) ?? 0;
    seen.set(what, times + 1);
    return createHash("sha256").update(`${times} ${what}`).digest("hex");
  });
}
