// Combines files into one configuration. Several files may set the same thing, as long as they agree.
import {
  DEFAULT_LIMITS,
  type DesiredBalance,
  type Environment,
  type Limits,
  type Problem,
} from "../schema/index.ts";
import { printable } from "../text/index.ts";
import { clashes, type Entry } from "./clashes.ts";
import { described } from "./complaints/described.ts";
import type { Group } from "./expand/grants.ts";
import type { Setting } from "./settings.ts";
import { comparePlaces, placeText } from "./yaml/lines.ts";
import { pointerParts } from "./yaml/pointer.ts";

/** Everything that is declared, checked, in an order that does not depend on the order of the files. */
export interface LoadedConfig {
  /** The files, relative to the working folder, sorted, with forward slashes. */
  readonly files: string[];
  readonly namespace: string;
  readonly environment: Environment | null;
  /** Whether customers that do not exist are created. */
  readonly createCustomers: boolean;
  /** What becomes of rows that are replaced. */
  readonly retire: "end" | "delete";
  readonly limits: Limits;
  /** In the order of `files`, then of the file. Without members of groups that Autumn still has to be asked for. */
  readonly balances: DesiredBalance[];
  /** The groups that `grants:` give balances to. */
  readonly declaredGroups?: readonly Group[];
}

/** One file, read and checked by itself. */
export interface ReadFile {
  readonly file: string;
  readonly settings: readonly Setting[];
  readonly entries: readonly Entry[];
  readonly groups?: readonly Group[];
  readonly problems: readonly Problem[];
}

/** Either the configuration, or `null` and every problem. */
export type Combined =
  | { config: LoadedConfig; problems: readonly [] }
  | { config: null; problems: readonly Problem[] };

export function combine(files: readonly ReadFile[]): Combined {
  const sorted = [...files].sort((a, b) => (a.file < b.file ? -1 : 1));
  const entries = sorted.flatMap((file) => file.entries);
  const groups = sorted.flatMap((file) => file.groups ?? []);
  const { settings, disagreements } = agreed(sorted.flatMap((file) => file.settings));
  const namespace = settings.get("/namespace")?.value;
  const problems = [
    ...sorted.flatMap((file) => file.problems),
    ...disagreements,
    ...disagreeing(groups),
    ...clashes(entries, typeof namespace === "string" ? namespace : undefined),
  ];
  if (problems.length > 0 || typeof namespace !== "string")
    return { config: null, problems: inOrder(problems) };
  const config: LoadedConfig = {
    files: sorted.map((file) => file.file),
    namespace,
    environment: (settings.get("/environment")?.value as Environment | undefined) ?? null,
    createCustomers: settings.get("/create_customers")?.value === true,
    retire: settings.get("/retire")?.value === "delete" ? "delete" : "end",
    limits: limitsOf(settings),
    balances: entries.map((entry) => entry.balance),
    ...(groups.length === 0 ? {} : { declaredGroups: groups }),
  };
  return { config, problems: [] };
}

export const inOrder = (problems: readonly Problem[]): Problem[] =>
  [...problems].sort((a, b) => comparePlaces(a.place, b.place));

/** Problems with groups of one name, which is that of the balance, that treat customers who leave differently. */
function disagreeing(groups: readonly Group[]): Problem[] {
  const first = new Map<string, Group>();
  return groups.flatMap((group) => {
    const before = first.get(group.name);
    if (before === undefined) first.set(group.name, group);
    if (before === undefined || before.whenTheyLeave === group.whenTheyLeave) return [];
    const at = before.place === undefined ? "another grant" : placeText(before.place);
    const message = `\`when_they_leave\` is ${group.whenTheyLeave} here, but ${before.whenTheyLeave} for the same balance at ${at}`;
    const hint = "write the same in both, or give one of the two another `id`";
    const { place, pointer } = group;
    return [{ code: "grants-disagree", message, hint, ...(place ? { place } : {}), pointer }];
  });
}

/** The settings of all files by pointer, and a problem where two files disagree. */
function agreed(all: readonly Setting[]) {
  const first = new Map<string, Setting>();
  const disagreements: Problem[] = [];
  for (const setting of all) {
    const { name, pointer, value, place } = setting;
    const before = first.get(pointer);
    if (before === undefined) first.set(pointer, setting);
    else if (before.value !== value) {
      const message = `\`${printable(name)}\` is ${described(value)} here, but ${described(before.value)} at ${placeText(before.place)}`;
      const hint = "write the same in both files, or leave it out of one";
      const only = "write the same in all files; balances of another namespace need a run of their own";
      const code = "files-disagree";
      disagreements.push({ code, message, hint: pointer === "/namespace" ? only : hint, place, pointer });
    }
  }
  return { settings: first, disagreements };
}

const GRANTED = "/limits/granted/";

function limitsOf(settings: ReadonlyMap<string, Setting>): Limits {
  const limit = (name: string, otherwise: number): number =>
    (settings.get(`/limits/${name}`)?.value as number) ?? otherwise;
  const groupPercent = settings.get("/limits/group_percent")?.value;
  const ofFeatures = [...settings.values()].flatMap(({ pointer, value, namePlace }) =>
    pointer.startsWith(GRANTED)
      ? [{ feature: pointerParts(pointer).at(-1) ?? "", units: value as number, place: namePlace }]
      : [],
  );
  return {
    deletes: limit("deletes", DEFAULT_LIMITS.deletes),
    deletePercent: limit("delete_percent", DEFAULT_LIMITS.deletePercent),
    replaces: limit("replaces", DEFAULT_LIMITS.replaces),
    replacePercent: limit("replace_percent", DEFAULT_LIMITS.replacePercent),
    granted: new Map(ofFeatures.map(({ feature, units }) => [feature, units])),
    ...(groupPercent === undefined ? {} : { groupPercent: groupPercent as number }),
    ...(ofFeatures.length === 0
      ? {}
      : { grantedAt: new Map(ofFeatures.map(({ feature, place }) => [feature, place])) }),
  };
}
