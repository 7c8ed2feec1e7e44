// Between Terraform's values and balances: what a configuration declares, and what a row looks like in a state.
import { entryProblems } from "../config/index.ts";
import { type Row, sameAmount, writtenReset, writtenRollover } from "../reconcile/index.ts";
import {
  type BalanceEntry,
  type DesiredBalance,
  desiredBalance,
  instantToMs,
  msToInstant,
} from "../schema/index.ts";
import { brief, withQuotes } from "../text/index.ts";
import { inHcl, sentence } from "./hcl.ts";
import { type CtyObject, type CtyValue, type Diagnostic, ExactDecimal, UNKNOWN } from "./protocol/index.ts";

/** Attributes that are written as in a balances file. */
const WRITTEN = [
  "customer_id",
  "feature_id",
  "entity_id",
  "included",
  "unlimited",
  "reset",
  "expires_at",
  "rollover",
  "next_reset_at",
] as const;

/** Whether a value, or a part of it, will only be known after apply. */
export function isUnknown(value: CtyValue | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (value === null || value === undefined || typeof value !== "object") return false;
  if (Array.isArray(value)) return value.some(isUnknown);
  return value instanceof ExactDecimal ? false : Object.values(value).some(isUnknown);
}

/** A value as a balances file has it: numbers as numbers, nothing for null. */
function plain(value: CtyValue): unknown {
  if (typeof value === "bigint" || value instanceof ExactDecimal) return Number(value.toString());
  if (value === UNKNOWN || value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== null)
      .map(([name, part]) => [name, plain(part)]),
  );
}

/** Milliseconds may be written as text too, as numbers of that size often are in HCL. */
function instant(value: CtyValue): unknown {
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : plain(value);
}

function entryOf(object: CtyObject): Record<string, unknown> {
  const entry: Record<string, unknown> = {};
  for (const name of WRITTEN) {
    const value = object[name];
    if (value === null || value === undefined) continue;
    entry[name] = name === "expires_at" || name === "next_reset_at" ? instant(value) : plain(value);
  }
  if (typeof object.balance_id === "string") entry.id = object.balance_id;
  return entry;
}

/** The balance that a configuration declares whose values are all known. */
export function desiredOf(object: CtyObject): DesiredBalance {
  return desiredBalance(entryOf(object) as unknown as BalanceEntry);
}

/** The digits of a number that a double would round, or take for infinite. */
function digitsAt(config: CtyObject, pointer: string): string | undefined {
  let found: CtyValue | undefined = config;
  for (const name of pointer.split("/").slice(1))
    found = isObject(found ?? null) ? (found as CtyObject)[name] : null;
  return typeof found === "bigint" || found instanceof ExactDecimal ? brief(found.toString()) : undefined;
}

/** What is wrong with a configuration. What is not known yet is given the benefit of the doubt. */
export function configurationProblems(config: CtyObject): Diagnostic[] {
  const spelled = { written: (pointer: string) => digitsAt(config, pointer), spelling: () => undefined };
  return entryProblems(entryOf(config), (value) => value === UNKNOWN, spelled).map(
    ({ message, hint, pointer }) => {
      const path = pointer.split("/").slice(1);
      if (path[0] === "id") path[0] = "balance_id";
      return {
        severity: "error",
        summary: `Invalid balance: ${inHcl(message)}`,
        detail: hint === undefined ? undefined : sentence(withQuotes(inHcl(hint))),
        ...(path.length > 0 ? { path } : {}),
      };
    },
  );
}

/** What a state says of the row; written as in the state before where that means the same. */
export function stateOfRow(row: Row, key: string, before: CtyObject | null): CtyObject {
  const prior = before ?? {};
  const fresh: CtyObject = {
    customer_id: row.customerId,
    feature_id: row.featureId,
    // Where the read does not tell, the row is still on the entity that it was created for. Autumn's internal id of an
    // entity is not the one that configurations name.
    entity_id: row.entityId === undefined ? (prior.entity_id ?? null) : row.entityId,
    included: row.unlimited || row.boolean ? null : row.grant,
    unlimited: row.unlimited ? true : null,
    reset: object(writtenReset(row.reset), ["interval", "interval_count"]),
    expires_at: row.expiresAt === null ? null : momentOf(row.expiresAt),
    rollover:
      row.rollover === undefined
        ? (prior.rollover ?? null)
        : object(writtenRollover(row.rollover), ["max", "max_percentage", "length", "duration"]),
    next_reset_at: prior.next_reset_at ?? null,
  };
  return {
    ...inWordsOf(prior, fresh),
    balance_id: key,
    id: idOf(row.customerId, key),
    remote_id: row.balanceId ?? row.internalId,
  };
}

/** Whether any calendar has it: others can have stored any number of ms. */
export const isMoment = (ms: number): boolean => !Number.isNaN(new Date(ms).getTime());

/** RFC 3339, or ms where no calendar has the moment. */
const momentOf = (ms: number): string => (isMoment(ms) ? msToInstant(ms) : String(ms));

export const idOf = (customerId: string, key: string): string => `${customerId}/${key}`;

/** Unique for each balance. `id` is not: two may share it, as customers' ids may have slashes. */
export const identityOf = ({ customer_id: customerId, balance_id: key }: CtyObject): string =>
  JSON.stringify([customerId, key]);

export const remoteIdOf = (state: CtyObject): string | null =>
  typeof state.remote_id === "string" ? state.remote_id : null;

/** An object with all of its attributes. */
function object(value: unknown, names: readonly string[]): CtyObject | null {
  if (value === null) return null;
  const written = value as Record<string, CtyValue>;
  return Object.fromEntries(names.map((name) => [name, written[name] ?? null]));
}

/** `fresh`, with attributes written as in `prior` where they mean the same. */
export function inWordsOf(prior: CtyObject, fresh: CtyObject): CtyObject {
  const kept = Object.entries(fresh).map(([name, value]) => {
    const before = prior[name];
    return [name, before !== undefined && meansTheSame(name, before, value) ? before : value] as const;
  });
  return Object.fromEntries(kept);
}

/**
 * `proposed`, with moments and amounts written as in `prior` where they mean the same. Terraform allows no more than
 * that: where one of the two is null, the plan has to be what the configuration says.
 */
export function proposedInWordsOf(prior: CtyObject, proposed: CtyObject): CtyObject {
  return Object.fromEntries(
    Object.entries(proposed).map(([name, value]) => [name, inWords(name, prior[name], value)]),
  );
}

function inWords(name: string, before: CtyValue | undefined, value: CtyValue): CtyValue {
  if (before === undefined) return value;
  if (isObject(before) && isObject(value)) return proposedInWordsOf(before, value);
  const bothSay =
    (typeof before === "string" && typeof value === "string") || (isNumber(before) && isNumber(value));
  return bothSay && meansTheSame(name, before, value) ? before : value;
}

const isNumber = (value: CtyValue): boolean =>
  typeof value === "number" || typeof value === "bigint" || value instanceof ExactDecimal;

const isObject = (value: CtyValue): value is CtyObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof ExactDecimal);

function meansTheSame(name: string, a: CtyValue, b: CtyValue): boolean {
  if (a === UNKNOWN || b === UNKNOWN) return a === b;
  return isSame(meaning(name, a), meaning(name, b));
}

/** Amounts are the same as far as the server keeps them: Terraform counts with many more digits. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a === "number" && typeof b === "number") return sameAmount(a, b);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) =>
    isSame((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]),
  );
}

/** One form for all values that mean the same. */
function meaning(name: string, value: CtyValue): unknown {
  const written = plain(value);
  if (name === "unlimited") return written === true;
  if (name === "expires_at" || name === "next_reset_at") {
    const ms = value === null ? null : instant(value);
    return typeof ms === "string" || typeof ms === "number" ? (instantToMs(ms) ?? ms) : ms;
  }
  if (name !== "reset" && name !== "rollover") return written ?? null;
  const entry = {
    customer_id: "c",
    feature_id: "f",
    [name]: written ?? undefined,
  } as unknown as BalanceEntry;
  return desiredBalance(entry)[name];
}
