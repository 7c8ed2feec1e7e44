// The kinds of change as every report shows them: their signs, their colours, their order.
import type { Change, ChangeKind } from "../reconcile/index.ts";
import type { Palette } from "./text/palette.ts";

export const SIGNS: Record<ChangeKind, string> = {
  none: " ",
  create: "+",
  update: "~",
  replace: "-/+",
  delete: "-",
  blocked: "!",
};

export const PAINTS: Record<ChangeKind, keyof Palette> = {
  none: "dim",
  create: "green",
  update: "yellow",
  replace: "yellow",
  delete: "red",
  blocked: "red",
};

/** The kinds that a plan shows, in the order in which they are counted. */
export const KINDS = ["create", "update", "replace", "delete", "blocked"] as const;

/** From this weight on a change takes nothing away. */
export const HARMLESS = 4;

/** What a reader has to see first has the least weight. */
export function weight(change: Change): number {
  if (change.kind === "delete") return 0;
  if (change.granted < 0) return 1;
  if (change.kind === "replace") return 2;
  return change.kind === "blocked" ? 3 : HARMLESS;
}

/** The `most` changes that have to be seen first. */
export function foremost(changes: readonly Change[], most: number): Change[] {
  if (most >= changes.length) return [...changes];
  return [...changes].sort((a, b) => weight(a) - weight(b)).slice(0, Math.max(0, most));
}

/** The changes of each customer, by the customer's id. */
export function byCustomer(changes: Iterable<Change>): [string, Change[]][] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const group = groups.get(change.customerId);
    if (group) group.push(change);
    else groups.set(change.customerId, [change]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** How many there are of each kind. */
export function tally(changes: readonly Change[]): Record<ChangeKind, number> {
  const counts = { none: 0, create: 0, update: 0, replace: 0, delete: 0, blocked: 0 };
  for (const { kind } of changes) counts[kind]++;
  return counts;
}
