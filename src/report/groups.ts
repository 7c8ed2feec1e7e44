// What a plan says of groups: who comes in and who leaves, in one line a group, however many they are.
import type { Few, GroupReport, Plan } from "../reconcile/index.ts";
import { brief } from "../text/index.ts";
import type { Pen } from "./text/pen.ts";
import { count, units } from "./words.ts";

/** `Group welcome: 10,000 customers, of whom 9,000 come in (acme, globex and 8,998 more); 3 left and keep it (…)`. */
export function groupLines({ groups = [], base }: Pick<Plan, "groups" | "base">, pen: Pen): string[] {
  return groups.map((group) => groupLine(group, base?.name, pen));
}

function groupLine(group: GroupReport, base: string | undefined, pen: Pen): string {
  const { name, members, enters, leaves, whenTheyLeave, since } = group;
  const others = group.customers === null ? "" : ` of ${units(group.customers)}`;
  const is = `${units(members)}${others} ${members === 1 && others === "" ? "customer" : "customers"}`;
  const sinceBase = since === "base" && base !== undefined ? ` since ${pen.id(base)}` : "";
  const comes = enters.customers === 1 ? "comes in" : "come in";
  const isEnd = whenTheyLeave === "end";
  const what = isEnd
    ? leaves.customers === 1
      ? "its balance ends"
      : "their balances end"
    : leaves.customers === 1
      ? "keeps it"
      : "keep it";
  const parts = [
    ...(enters.customers === 0
      ? []
      : [`${units(enters.customers)} ${comes}${sinceBase} (${named(enters, pen)})`]),
    ...(leaves.customers === 0
      ? []
      : [
          `${units(leaves.customers)} left${sinceBase} and ${isEnd ? "so " : ""}${what} (${named(leaves, pen)})`,
        ]),
  ];
  return `Group ${pen.id(name)}: ${is}, ${parts.length === 0 ? `nobody comes in or left${sinceBase}` : parts.join("; ")}`;
}

/** The first few, and how many more there are. */
export function named({ first, customers }: Few, pen: Pen): string {
  const names = first.map((customer) => pen.id(brief(customer)));
  const more = customers - first.length;
  return more > 0 ? `${names.join(", ")} and ${units(more)} more` : names.join(", ");
}

/** So many customers with the same text are shown together. */
export const LEAST_ALIKE = 20;

/** How many of them are named. */
const NAMED = 5;

export interface Alike<T> {
  readonly customers: readonly [string, readonly T[]][];
  /** `10,000 customers alike: acme, globex and 9,998 more`; `null` of one customer. */
  readonly title: ((pen: Pen) => string) | null;
}

/**
 * Customers with their changes; many customers with the same text are one item, all others one each.
 * @param textOf the text of a customer's changes, without the customer's name
 */
export function alike<T>(
  customers: readonly [string, readonly T[]][],
  textOf: (changes: readonly T[]) => string,
): Alike<T>[] {
  if (customers.length < LEAST_ALIKE) return customers.map((one) => ({ customers: [one], title: null }));
  const byText = new Map<string, [string, readonly T[]][]>();
  for (const one of customers) {
    const text = textOf(one[1]);
    const same = byText.get(text);
    if (same) same.push(one);
    else byText.set(text, [one]);
  }
  return [...byText.values()].flatMap((same): Alike<T>[] => {
    if (same.length < LEAST_ALIKE) return same.map((one) => ({ customers: [one], title: null }));
    const few = { customers: same.length, first: same.slice(0, NAMED).map(([customer]) => customer) };
    return [
      { customers: same, title: (pen) => `${count(same.length, "customer")} alike: ${named(few, pen)}` },
    ];
  });
}
