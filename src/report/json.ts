// Documents for machines, as schema/plan.schema.json describes them: versioned, in the API's snake_case, always
// in the same order, and complete: nothing that a plan knows is left out.
import {
  type Change,
  type GroupReport,
  isAction,
  type Outcome,
  type Plan,
  type Refusal,
  type Scheduled,
} from "../reconcile/index.ts";
import type { Environment, Problem } from "../schema/index.ts";
import { visibleJson } from "../text/index.ts";
import {
  amount,
  anything,
  desiredJson,
  instant,
  type Json,
  type JsonDocument,
  limitsJson,
  policyJson,
  problemJson,
  refusalJson,
  rowJson,
} from "./json-parts.ts";

/** Changes when something that is there changes its meaning; fields may be added within a version. */
export const FORMAT_VERSION = "1";

/** How an apply ended. */
export type ApplyStatus =
  | "nothing_to_do"
  | "applied"
  | "partly_applied"
  | "failed"
  | "refused"
  | "declined"
  | "interrupted";

export interface Validation {
  readonly files: readonly string[];
  readonly namespace: string | null;
  readonly environment: Environment | null;
  readonly balances: number;
  readonly customers: number;
  readonly problems: readonly Problem[];
}

/** What `validate --format json` prints. */
export function validationJson(validation: Validation): JsonDocument {
  const { files, namespace, environment, balances, customers, problems } = validation;
  return {
    format_version: FORMAT_VERSION,
    kind: "validation",
    valid: problems.length === 0,
    files: [...files],
    namespace,
    environment,
    balances,
    customers,
    problems: problems.map(problemJson),
  };
}

/** What `plan --format json` prints. `refusals` are what keeps the plan from being applied. */
export function planJson(plan: Plan, refusals: readonly Refusal[]): JsonDocument {
  const counted = (kind: Change["kind"]): number =>
    plan.changes.filter((change) => change.kind === kind).length;
  return {
    format_version: FORMAT_VERSION,
    kind: "plan",
    namespace: plan.namespace,
    retire: plan.retire,
    environment: plan.environment,
    base_url: plan.baseUrl,
    made_at: instant(plan.madeAt),
    base: plan.base && { name: plan.base.name },
    scope: plan.scope,
    shard: plan.shard === null ? null : { index: plan.shard.index, count: plan.shard.count },
    left_out:
      plan.leftOut === null ? null : { customers: plan.leftOut.customers, balances: plan.leftOut.balances },
    customers: plan.customers,
    owned_rows: plan.ownedRows,
    unchanged: plan.unchanged,
    has_changes: plan.changes.some(isAction),
    summary: {
      create: counted("create"),
      update: counted("update"),
      replace: counted("replace"),
      delete: counted("delete"),
      blocked: counted("blocked"),
    },
    totals: plan.totals.map(({ featureId, per, added, taken }) => ({
      feature_id: featureId,
      per,
      added: amount(added),
      taken: amount(taken),
    })),
    changes: plan.changes.map(changeJson),
    left_over: plan.leftOver.map(({ customerId, key, row, isPending }) => ({
      customer_id: customerId,
      key,
      row: rowJson(row),
      is_pending: isPending,
    })),
    ...(plan.scheduled.length === 0 ? {} : { scheduled: plan.scheduled.map(scheduledJson) }),
    ...(plan.groups === undefined ? {} : { groups: plan.groups.map(groupJson) }),
    warnings: plan.warnings.map(problemJson),
    refusals: refusals.map(refusalJson),
    lifted: plan.lifted.map(refusalJson),
    limits: limitsJson(plan.limits),
    estimate: { calls: amount(plan.estimate.calls), ms: amount(plan.estimate.ms) },
    policy: plan.policy === null ? null : policyJson(plan.policy),
  };
}

function groupJson({
  name,
  source,
  whenTheyLeave,
  customers,
  since,
  members,
  creates,
  enters,
  leaves,
}: GroupReport): Json {
  return {
    name,
    source,
    when_they_leave: whenTheyLeave,
    customers,
    since,
    members,
    creates,
    enters: { customers: enters.customers, first: [...enters.first] },
    leaves: { customers: leaves.customers, first: [...leaves.first] },
  };
}

/** What `apply --format json` prints. */
export function applyJson(
  status: ApplyStatus,
  plan: Plan,
  refusals: readonly Refusal[],
  outcome: Outcome | null,
): JsonDocument {
  return {
    format_version: FORMAT_VERSION,
    kind: "apply",
    status,
    plan: planJson(plan, refusals),
    outcome: outcome === null ? null : outcomeJson(outcome),
  };
}

/** What any verb prints instead when there is no answer. */
export function errorJson(problems: readonly Problem[]): JsonDocument {
  return { format_version: FORMAT_VERSION, kind: "error", problems: problems.map(problemJson) };
}

/** The document as text, harmless for terminals; ends with a line break. */
export function jsonText(document: JsonDocument): string {
  return `${visibleJson(JSON.stringify(document, null, 2))}\n`;
}

function outcomeJson({ results, interrupted }: Outcome): Json {
  const counted = (result: Outcome["results"][number]["result"]): number =>
    results.filter((one) => one.result === result).length;
  return {
    interrupted,
    summary: {
      converged: counted("converged"),
      failed: counted("failed"),
      blocked: counted("blocked"),
      not_tried: counted("not_tried"),
    },
    results: results.map(({ change, result, wrote, problem }) => ({
      kind: change.kind,
      customer_id: change.customerId,
      feature_id: change.featureId,
      entity_id: change.entityId,
      key: change.key,
      balance_id: change.balanceId,
      result,
      wrote,
      problem: problem === undefined ? null : problemJson(problem),
    })),
  };
}

const scheduledJson = ({ customerId, key, startsAt, desired }: Scheduled): Json => ({
  customer_id: customerId,
  key,
  starts_at: instant(startsAt),
  desired: desiredJson(desired),
});

function changeJson(change: Change): Json {
  return {
    kind: change.kind,
    customer_id: change.customerId,
    feature_id: change.featureId,
    entity_id: change.entityId,
    key: change.key,
    balance_id: change.balanceId,
    fields: change.fields.map(({ field, from, to }) => ({ field, from: anything(from), to: anything(to) })),
    reasons: change.reasons.map(({ code, text }) => ({ code, text })),
    granted: amount(change.granted),
    carries: amount(change.carries),
    creates: change.creates,
    creates_customer: change.createsCustomer,
    is_pending: change.isPending,
    ...(change.wasProtected ? { was_protected: true } : {}),
    unblocks_at: instant(change.unblocksAt),
    resets_at: instant(change.resetsAt),
    meanwhile: change.meanwhile === null ? null : amount(change.meanwhile),
    retires: change.retires.map(rowJson),
    row: change.row === null ? null : rowJson(change.row),
    desired: change.desired === null ? null : desiredJson(change.desired),
  };
}
