// The arguments of a Balance, and what they declare: the entry that they would be in a balances file, which is what
// is checked, and the arguments as the bindings take them.
import { Token } from "cdktf";
import { entryProblems } from "../config/index.ts";
import { balanceFields, type Fields, type INTERVALS, msToInstant } from "../schema/index.ts";
import { quoted, withQuotes } from "../text/index.ts";
import type {
  BalanceReset,
  BalanceRollover,
  BalanceConfig as BindingsConfig,
} from "./bindings/balance.generated.ts";
import type { ArgumentProblem } from "./problems.ts";

/** How long a cycle is; any other string is for tokens. */
export type Interval = (typeof INTERVALS)[number] | (string & {});

/** How often the grant is renewed. */
export interface Reset extends Omit<BalanceReset, "interval"> {
  /** How long a cycle is. `one_off` is the same as leaving `reset` out. */
  readonly interval: Interval;
}

/** What happens to units that are left at a reset. */
export type Rollover = BalanceRollover;

/** A moment: a `Date`, RFC 3339 (`2027-01-31T00:00:00Z`), or milliseconds since 1970. */
export type Instant = Date | string | number;

/**
 * What is granted, to whom, and until when, besides the arguments of every Terraform resource. Amounts are units of
 * the feature. Anything may be a token: a value that is known only when Terraform runs.
 */
export interface BalanceConfig extends Omit<BindingsConfig, "reset" | "expiresAt" | "nextResetAt"> {
  /** How often the grant is renewed. Without `reset`, it is granted once. */
  readonly reset?: Reset;
  /** When the balance ends. Excludes `reset`. */
  readonly expiresAt?: Instant;
  /** The first reset, if it is not one interval after the grant. Used only when the balance is created. */
  readonly nextResetAt?: Instant;
}

/** Arguments that every resource has, which are not checked here. */
const META = new Set([
  "connection",
  "count",
  "dependsOn",
  "forEach",
  "lifecycle",
  "provider",
  "provisioners",
]);
const INSTANTS = ["expiresAt", "nextResetAt"] as const;

const camelCase = (name: string): string => name.replaceAll(/_(\w)/g, (_, letter) => letter.toUpperCase());
const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const namesOf = (fields: Fields): Map<string, string> =>
  new Map(Object.keys(fields).map((field) => [camelCase(field), field]));

/** Fields of an entry that are no arguments, and what to do instead. */
const INSTEAD: Readonly<Record<string, string>> = {
  id: "write balanceId",
  included_grant: "write included",
  adopt: "call importFrom on the balance",
  protected: "write lifecycle: { preventDestroy: true }",
  starts_at: "keep the entry in a balances file that autumn-balances apply reads every night",
  phases: "keep the entry in a balances file that autumn-balances apply reads every night",
  reason: "write a comment above the construct: Terraform has no such thing",
  ticket: "write a comment above the construct: Terraform has no such thing",
  owner: "write a comment above the construct: Terraform has no such thing",
};
/** The fields of an entry by the names of the arguments. */
const FIELDS = namesOf(balanceFields).set("balanceId", "id");
for (const field of Object.keys(INSTEAD)) FIELDS.delete(camelCase(field));
const ARGUMENTS = new Map([...FIELDS].map(([name, field]) => [field, name]));
const PARTS: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  ["reset", namesOf(balanceFields.reset.fields)],
  ["rollover", namesOf(balanceFields.rollover.fields)],
]);

/** Everything that is wrong with the arguments, in the words of the loader of balances files. Tokens are trusted. */
export function argumentProblems(config: BalanceConfig): ArgumentProblem[] {
  if (config === null || typeof config !== "object" || Array.isArray(config)) return entryProblems(config);
  const problems: ArgumentProblem[] = [];
  const entry = renamed(
    Object.entries(config).filter(([name]) => !META.has(name)),
    FIELDS,
    "",
    problems,
  );
  const found = entryProblems(entry, Token.isUnresolved).map(({ pointer, hint, ...problem }) => ({
    ...problem,
    ...(hint === undefined ? {} : { hint: ofConstruct(hint) }),
    ...(pointer === "" ? {} : { argument: argumentAt(pointer) }),
  }));
  return [...problems, ...found];
}

/**
 * A hint for a file, made true for a construct, where texts have quotes and YAML's block scalars are not the cause of a
 * line break.
 */
const ofConstruct = (hint: string): string =>
  withQuotes(hint.replace(", or with `|-`", "").replaceAll("the entry", "the construct"));

/** The arguments as the bindings take them. */
export function bindingsConfig(config: BalanceConfig): BindingsConfig {
  const instants = INSTANTS.flatMap((name) => {
    const value = config[name];
    if (value instanceof Date) return [[name, msToInstant(value.getTime())]];
    return typeof value === "number" && !Token.isUnresolved(value) ? [[name, msToInstant(value)]] : [];
  });
  return { ...config, ...Object.fromEntries(instants) };
}

/** Arguments by the names of an entry's fields. A name that the bindings would ignore is a problem. */
function renamed(
  given: readonly (readonly [string, unknown])[],
  fields: ReadonlyMap<string, string>,
  path: string,
  problems: ArgumentProblem[],
): Record<string, unknown> {
  const entry: (readonly [string, unknown])[] = [];
  for (const [name, value] of given) {
    if (value === undefined) continue;
    const field = fields.get(name) ?? snakeCase(name);
    const right = [...fields].find(([, other]) => other === field)?.[0];
    if (fields.has(name)) entry.push([field, written(name, value, problems)]);
    else if (Object.hasOwn(INSTEAD, field)) problems.push(noArgument(name, INSTEAD[field] ?? ""));
    else if (right !== undefined) problems.push(noArgument(path + name, `write ${path}${right}`));
    else entry.push([field, value]);
  }
  return Object.fromEntries(entry);
}

/** A value as it is written in a balances file. */
function written(name: string, value: unknown, problems: ArgumentProblem[]): unknown {
  if (value instanceof Date) return value.getTime();
  const parts = PARTS.get(name);
  const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
  if (parts === undefined || !isObject || Token.isUnresolved(value)) return value;
  return renamed(Object.entries(value), parts, `${name}.`, problems);
}

const noArgument = (name: string, hint: string): ArgumentProblem => ({
  code: "unknown-field",
  message: `${quoted(name)} is no argument of a balance`,
  hint,
});

/** `/reset/interval_count` → `reset.intervalCount`. */
function argumentAt(pointer: string): string {
  const [field = "", ...rest] = pointer.slice(1).split("/");
  return [ARGUMENTS.get(field) ?? field, ...rest.map(camelCase)].join(".");
}
