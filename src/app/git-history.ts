// Reads what git knows of the files, and shows progress.
import { type GitHistory, type LoadedConfig, loadGitHistory } from "../config/index.ts";
import { count } from "../report/index.ts";
import type { GitOptions } from "./history-options.ts";
import { Progress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** @param since ms since 1970 */
export async function gitHistoryOf(
  config: LoadedConfig | null,
  { file = [], git, commits }: GitOptions,
  since: number,
  terminal: Terminal,
): Promise<GitHistory> {
  if (!git) return { kind: "none", reason: "--no-git says so" };
  if (config === null) return { kind: "none", reason: "there is no balances file" };
  const progress = new Progress(terminal);
  const onRead = (versions: number): void =>
    progress.show(`Reading git: ${count(versions, "version")} of files …`);
  progress.show("Reading git …");
  try {
    return await loadGitHistory(file, config, { since, mostCommits: commits, onRead });
  } finally {
    progress.end();
  }
}
