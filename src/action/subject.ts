// What a step is about, according to its inputs, even where they are wrong: a step that cannot begin still has to find
// its comment, to say there that the old report no longer holds.
import { relative, resolve } from "node:path";
import { lastValue, wordsOf } from "./command-line.ts";
import { COMMANDS, COMMENTS, type CommandName, input, oneOf, pathsGiven } from "./inputs.ts";

export interface Subject {
  /** `plan` where the input is wrong. */
  readonly command: CommandName;
  /** Whether the pull request gets a comment. */
  readonly comment: (typeof COMMENTS)[number];
  /** What the workflow calls the step, to tell its comment from others. */
  readonly id: string | undefined;
  /** Steps with the same identity share one comment, over all runs. */
  readonly identity: readonly string[];
}

/** @param workspace where the working directory starts */
export function readSubject(workspace: string): Subject {
  const command = oneOf("command", COMMANDS, "plan");
  const id = input("id") || undefined;
  return {
    command,
    comment: oneOf("comment", COMMENTS, "auto"),
    id,
    identity: id === undefined ? [command, "of", ...balancesGiven(workspace)] : [command, "id", id],
  };
}

/** Without looking at the disk: a folder that is gone still has its comment. */
function balancesGiven(workspace: string): string[] {
  const folder = relative(workspace, resolve(workspace, input("working-directory")));
  const shard = lastValue("--shard", wordsOf(input("args"))) ?? input("shard");
  return [folder, shard, ...pathsGiven()];
}
