// What a history says of git, for people: how far it was read, and what no commit explains.
import type { GitHistory, ReadGitHistory } from "../../config/index.ts";
import type { Disagreement, DisagreementCode } from "../../history/index.ts";
import type { Palette } from "../text/palette.ts";
import { textPen } from "../text/pen.ts";
import { count, units } from "../words.ts";
import { heldBy, rowName, toSecond } from "./words.ts";

/** `git: 3 commits since 2026-08-24T09:00:00Z`, or why there is nothing. */
export function gitLine(git: GitHistory): string {
  if (git.kind === "none") return `git: not read, as ${textPen.prose(git.reason)}`;
  const { commits, since, cut, wrong, absent } = git;
  return [
    `git: ${count(commits, "commit")}${since > 0 ? ` since ${toSecond(since)}` : ""}`,
    ...(cut === null ? [] : [NO_FURTHER[cut]]),
    ...(wrong === 0 ? [] : [`${count(wrong, "version")} passed over, as the file was wrong`]),
    ...(absent === 0
      ? []
      : [`${count(absent, "version")} not in this clone, so that nothing is compared with it`]),
  ].join("; ");
}

const NO_FURTHER: Readonly<Record<NonNullable<ReadGitHistory["cut"]>, string>> = {
  shallow: "no further, as the clone is shallow",
  commits: "no further, as --commits says",
  size: "no further, as the files are large",
};

/** How each kind of disagreement is told, whether the row lives or has ended. */
const TEXTS: Readonly<Record<DisagreementCode, string>> = {
  "no-entry": "no commit has an entry for it",
  grant: "no commit declares that",
  end: "no commit says why: none changed or removed the entry",
};

/** What is wrong with it, without naming it. */
export const disagreementText = ({ code, isUncommitted }: Disagreement): string =>
  isUncommitted ? `${TEXTS[code]}; the files do, and that is not committed` : TEXTS[code];

export function disagreementLines(all: readonly Disagreement[], paint: Palette, most: number): string[] {
  if (all.length === 0) return [];
  const lines = all.slice(0, most).flatMap((one) => {
    const { customerId, row, ended } = one;
    const at = ended?.at ?? null;
    const state = ended === null ? "lives" : at === null ? "was replaced" : `ended ${toSecond(at)}`;
    return [
      `  customer ${textPen.id(customerId)}: ${paint.bold(rowName(one))}  ${heldBy(row)}, ${state}`,
      paint.yellow(`      ${disagreementText(one)}`),
    ];
  });
  const more =
    all.length > most ? [`  … and ${units(all.length - most)} more: --full shows all of them`] : [];
  return [`${count(all.length, "balance")} that no commit explains`, ...lines, ...more];
}
