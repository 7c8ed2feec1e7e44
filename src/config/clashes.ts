// Problems between entries: two that would be the same balance, or that adopt the same row.
import { type BalanceEntry, balanceName, type DesiredBalance, type Problem } from "../schema/index.ts";
import { printable, quoted } from "../text/index.ts";
import { yamlText } from "./entry-text.ts";
import { timeProblems } from "./time-problems.ts";
import { placeText } from "./yaml/lines.ts";

/** One entry that is valid by itself. */
export interface Entry {
  readonly balance: DesiredBalance;
  readonly pointer: string;
  /** As it is written, or as a template expands to it. */
  readonly written?: BalanceEntry;
  /** JSON pointer to its grant, if it comes from one. */
  readonly grant?: string;
}

/** The suffix of successors of a replaced balance: `api_calls~2`. */
const GENERATION = /~\d+$/;

/** @param namespace if known; without it, `adopt` is compared with other `adopt`s only */
export function clashes(entries: readonly Entry[], namespace: string | undefined): Problem[] {
  const problems: Problem[] = [];
  const byKey = new Map<string, Entry>();
  const byAdopted = new Map<string, Entry>();

  for (const entry of entries) {
    const { balance, pointer } = entry;
    const key = within(balance, balance.key);
    const first = byKey.get(key);
    if (first) problems.push(sameBalance(entry, first));
    else byKey.set(key, entry);
    // The schema refuses such an `id`, so this key comes from the feature or entity.
    if (GENERATION.test(balance.key)) problems.push(endsLikeGeneration(balance, pointer));
    problems.push(...wrongTimes(entry));
    if (balance.adopt === null) continue;
    const adopted = within(balance, balance.adopt);
    const other = byAdopted.get(adopted);
    if (other) problems.push(adoptedTwice(entry, other));
    else byAdopted.set(adopted, entry);
  }

  if (namespace === undefined) return problems;
  const prefix = `${namespace}:`;
  for (const entry of byAdopted.values()) {
    const { adopt } = entry.balance;
    if (!adopt?.startsWith(prefix)) continue;
    const row = adopt.slice(prefix.length);
    const owner = byKey.get(within(entry.balance, row.replace(GENERATION, "")));
    if (owner && owner !== entry && owner.balance.key !== entry.balance.key) {
      problems.push(adoptsAnothers(entry, owner));
    }
  }
  return problems;
}

/** Problems with the periods of an entry. */
export const wrongTimes = ({ balance, pointer }: Entry): Problem[] =>
  timeProblems(balance).map(({ pointer: within, ...found }) => ({
    ...found,
    ...(balance.place ? { place: balance.place } : {}),
    pointer: pointer + within,
  }));

const within = ({ customerId }: DesiredBalance, name: string): string => balanceName(customerId, name);

const at = ({ balance }: Entry): string => (balance.place ? placeText(balance.place) : "another entry");

const problem = ({ balance, pointer }: Entry, code: string, message: string, hint: string): Problem => ({
  code,
  message,
  hint,
  ...(balance.place ? { place: balance.place } : {}),
  pointer,
});

function sameBalance(entry: Entry, first: Entry): Problem {
  const { customerId, key } = entry.balance;
  if (entry.grant !== undefined || first.grant !== undefined) {
    const isTwice = entry.grant === first.grant && entry.balance.place?.file === first.balance.place?.file;
    const who = isTwice ? "is in the group twice" : `is given ${quoted(key)} twice`;
    const message = `customer ${quoted(customerId)} ${who}; the first is at ${at(first)}`;
    const hint = isTwice
      ? "remove one of the two: each customer is given the balance once"
      : "leave the customer out of one of the two, or give one of them another `id`";
    return problem(entry, "same-balance", message, hint);
  }
  const message = `customer ${quoted(customerId)} has another balance named ${quoted(key)} at ${at(first)}`;
  const hint = `give one of the two an \`id\` of its own, for example \`id: ${printable(yamlText(`${key}-2`))}\``;
  return problem(entry, "same-balance", message, hint);
}

function endsLikeGeneration(balance: DesiredBalance, pointer: string): Problem {
  const message = `the name of this balance would be ${quoted(balance.key)}, but may not end in ${GENERATION.exec(balance.key)?.[0]}: that marks a replaced balance`;
  const hint = `give it an \`id\`, for example \`id: ${printable(yamlText(balance.key.replace(/~(\d+)$/, "-$1")))}\``;
  return problem({ balance, pointer }, "needs-an-id", message, hint);
}

function adoptedTwice(entry: Entry, first: Entry): Problem {
  const message = `${quoted(entry.balance.adopt ?? "")} is already adopted by the entry at ${at(first)}`;
  return problem(entry, "adopted-twice", message, "remove one `adopt`, or one entry");
}

function adoptsAnothers(entry: Entry, owner: Entry): Problem {
  const message = `${quoted(entry.balance.adopt ?? "")} is the balance of the entry at ${at(owner)}`;
  return problem(entry, "adopts-anothers", message, "remove the `adopt`, or that entry");
}
