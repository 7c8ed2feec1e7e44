// The variables of expressions: plain values of fixed types, so that every mistake is found when the file is read.
import { type Change, isAction, type Plan, plus } from "../reconcile/index.ts";
import type { DesiredBalance } from "../schema/index.ts";

const DAY_MS = 86_400_000;

/** The CEL types of the fields of each variable. There is no `null`: what does not exist is "", 0.0 or false. */
export const VARIABLES = {
  entry: {
    customer_id: "string",
    feature_id: "string",
    entity_id: "string",
    id: "string",
    file: "string",
    reason: "string",
    included: "double",
    unlimited: "bool",
    every: "string",
    expires: "bool",
    days: "double",
    adopts: "bool",
  },
  change: {
    kind: "string",
    customer_id: "string",
    feature_id: "string",
    entity_id: "string",
    id: "string",
    granted: "double",
    fields: "list<string>",
    creates_customer: "bool",
    was_due: "bool",
  },
  before: { exists: "bool", granted: "double", used: "double", unlimited: "bool" },
  plan: {
    namespace: "string",
    environment: "string",
    creates: "int",
    updates: "int",
    replaces: "int",
    deletes: "int",
    customers: "int",
    added: "map<string, double>",
    taken: "map<string, double>",
  },
} as const;

/** The empty entry of a deletion. */
const NO_ENTRY = {
  customer_id: "",
  feature_id: "",
  entity_id: "",
  id: "",
  file: "",
  reason: "",
  included: 0,
  unlimited: false,
  every: "",
  expires: false,
  days: 0,
  adopts: false,
};

/** @param now ms since 1970, @param fileOf maps the file of a place to its path in the repository */
export function entryVariables(
  balance: DesiredBalance | null,
  now: number,
  fileOf: (file: string) => string,
): typeof NO_ENTRY {
  if (balance === null) return NO_ENTRY;
  const { reset, expiresAt, place } = balance;
  return {
    customer_id: balance.customerId,
    feature_id: balance.featureId,
    entity_id: balance.entityId ?? "",
    id: balance.key,
    file: place === undefined ? "" : fileOf(place.file),
    reason: reasonOf(balance),
    included: balance.included ?? 0,
    unlimited: balance.unlimited,
    every:
      reset === null
        ? ""
        : reset.intervalCount === 1
          ? reset.interval
          : `${reset.intervalCount} ${reset.interval}s`,
    expires: expiresAt !== null,
    days: expiresAt === null ? 0 : (expiresAt - now) / DAY_MS,
    adopts: balance.adopt !== null,
  };
}

export const reasonOf = (balance: DesiredBalance): string => balance.note?.reason ?? "";

export const changeVariables = (change: Change) => ({
  kind: change.kind,
  customer_id: change.customerId,
  feature_id: change.featureId,
  entity_id: change.entityId ?? "",
  id: change.key,
  granted: change.granted,
  fields: change.fields.map(({ field }) => field),
  creates_customer: change.createsCustomer,
  was_due: change.isPending,
});

export const beforeVariables = ({ row }: Change) => ({
  exists: row !== null,
  granted: row?.grant ?? 0,
  used: row?.usage ?? 0,
  unlimited: row?.unlimited ?? false,
});

/** The parts of a plan that are judged. */
export type JudgedPlan = Pick<Plan, "namespace" | "environment" | "changes" | "totals">;

export function planVariables({ namespace, environment, changes, totals }: JudgedPlan) {
  const counted = (kind: Change["kind"]): bigint => BigInt(changes.filter((one) => one.kind === kind).length);
  const sums = (of: "added" | "taken"): Map<string, number> => {
    const byFeature = new Map<string, number>();
    for (const total of totals)
      byFeature.set(total.featureId, plus(byFeature.get(total.featureId) ?? 0, total[of]));
    return byFeature;
  };
  return {
    namespace,
    environment: environment ?? "",
    creates: counted("create"),
    updates: counted("update"),
    replaces: counted("replace"),
    deletes: counted("delete"),
    customers: BigInt(new Set(changes.filter(isAction).map(({ customerId }) => customerId)).size),
    added: sums("added"),
    taken: sums("taken"),
  };
}
