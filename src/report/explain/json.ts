// What a customer has and why, as a document for machines, as schema/explain.schema.json describes it.
import type { EntryChange } from "../../config/index.ts";
import {
  amount,
  anything,
  desired,
  FORMAT_VERSION,
  instant,
  type Json,
  type JsonDocument,
  nullable,
  problem,
  row,
} from "../../document/index.ts";
import type { ExplainedFeature, ExplainedRow } from "../../explain/index.ts";
import type { Change } from "../../reconcile/index.ts";
import type { DesiredBalance } from "../../schema/index.ts";
import type { ExplainReport } from "./words.ts";

const when = nullable(instant);

/** What `explain --format json` prints. */
export const explainJson = (report: ExplainReport): JsonDocument => ({
  format_version: FORMAT_VERSION,
  kind: "explain",
  customer_id: report.customerId,
  feature_id: report.featureId,
  namespace: report.namespace,
  environment: report.environment,
  base_url: report.baseUrl,
  made_at: when.write(report.madeAt),
  git:
    report.git.kind === "none"
      ? { status: "none", reason: report.git.reason }
      : { status: "read", since: when.write(report.git.since), is_whole: report.git.isWhole },
  is_planned: report.plan !== null,
  problems: report.problems.map(problem.write),
  features: report.features.map(featureJson),
});

const featureJson = (feature: ExplainedFeature): Json => ({
  feature_id: feature.featureId,
  type: feature.kind,
  on_by_plan: feature.isOnByPlan,
  unlimited: feature.isUnlimited,
  granted: amount.write(feature.granted),
  used: amount.write(feature.used),
  left: amount.write(feature.left),
  balances: feature.rows.map(rowOf),
  pending: feature.pending.map(changeJson),
});

function rowOf(one: ExplainedRow): Json {
  const { nextReset } = one;
  return {
    origin: one.origin,
    namespace: one.namespace,
    key: one.key,
    generation: one.generation,
    state: one.state,
    is_history: one.isHistory,
    replaced_by: one.replacedBy?.balanceId ?? null,
    use_order: one.use,
    row: row.write(one.row),
    entry: one.entry === null ? null : desired.write(one.entry),
    metadata: one.entry === null ? null : metadataJson(one.entry),
    brought_by: one.broughtBy === null ? null : broughtByJson(one.broughtBy),
    next_reset:
      nextReset === null
        ? null
        : {
            at: when.write(nextReset.at),
            grant: nextReset.grant === null ? null : amount.write(nextReset.grant),
            reverts: nextReset.reverts,
            rolls_over: nextReset.rollsOver,
            revives: nextReset.revives,
          },
    change: one.change === null ? null : changeJson(one.change),
  };
}

function metadataJson(entry: DesiredBalance): Json {
  const { note, isProtected, startsAt } = entry;
  const { reason, ticket, owner } = note ?? { reason: null, ticket: null, owner: null };
  return {
    reason: reason ?? null,
    ticket: ticket ?? null,
    owner: owner ?? null,
    protected: isProtected ?? false,
    starts_at: when.write(startsAt ?? null),
  };
}

const broughtByJson = ({ commit, before }: EntryChange): Json => ({
  happened: before === null ? "appeared" : "changed",
  commit:
    commit === null
      ? null
      : { id: commit.id, at: when.write(commit.at), author: commit.author, subject: commit.subject },
});

const changeJson = (change: Change): Json => ({
  kind: change.kind,
  key: change.key,
  balance_id: change.balanceId,
  fields: change.fields.map(({ field, from, to }) => ({
    field,
    from: anything.write(from),
    to: anything.write(to),
  })),
  reasons: change.reasons.map(({ code, text }) => ({ code, text })),
  carries: amount.write(change.carries),
  granted: amount.write(change.granted),
  unblocks_at: when.write(change.unblocksAt),
  desired: change.desired === null ? null : desired.write(change.desired),
});
