// The engine: observe what is there, decide what has to happen, and make it happen once.
export { sameAmount, units } from "./amounts.ts";
export { applyPlan } from "./apply.ts";
export type { LeftOut } from "./candidate.ts";
export { changesOf } from "./changes.ts";
export { checkFeatures } from "./check.ts";
export { sameReset, writtenReset, writtenRollover } from "./compare.ts";
export { diffUndeclared } from "./diff.ts";
export { type Difference, type DifferenceKind, type Drift, driftOf } from "./drift.ts";
export { type DriftRequest, findDrift } from "./find-drift.ts";
export { forced, raisedElsewhere, refusals, usedBeyondGrant } from "./guard.ts";
export { type EndedRow, endedRows, isUnfinished, type KnownRow, knownRows } from "./history.ts";
export { Leases } from "./lease.ts";
export { type Generation, matchRows } from "./match.ts";
export { Observer } from "./observe.ts";
export { makePlan, type PlanEnvironment } from "./plan.ts";
export { type Proposal, type Proposals, proposeEntries } from "./propose.ts";
export { type HistoryRequest, type ReadHistory, readHistory } from "./read-history.ts";
export { parseRemoteId } from "./remote-id.ts";
export {
  type MovedChange,
  type RenewedPlan,
  type RenewRequest,
  renewPlan,
} from "./renew.ts";
export { nameOf, type Row, type RowState, settled, stateOf } from "./row.ts";
export { limitsOfShard, type Shard, shardOf } from "./shard.ts";
export { type Survey, type SurveyEvent, survey } from "./survey.ts";
export { checkTargets } from "./targets.ts";
export {
  type ApplyEvent,
  type CallEstimate,
  type Change,
  type ChangeKind,
  type ChangeOutcome,
  type ChangeResult,
  type FieldChange,
  type GrantCheck,
  isAction,
  type LeftOver,
  type Outcome,
  type Plan,
  type PlanBase,
  type PlanEvent,
  type PlanRequest,
  type Reason,
  type Refusal,
  type Scope,
  type Total,
  type Warning,
} from "./types.ts";
export type { Target } from "./wanted.ts";
