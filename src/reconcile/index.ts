// The engine: observe what is there, decide what has to happen, and make it happen once.
export { minus, plus, sameAmount, units } from "./amounts.ts";
export { applyPlan } from "./apply/apply-plan.ts";
export { Leases } from "./apply/lease.ts";
export type { LeftOut } from "./decide/candidate.ts";
export { changesOf } from "./decide/changes.ts";
export { diffUndeclared } from "./decide/diff.ts";
export { type Difference, type DifferenceKind, type Drift, driftOf, isWaiting } from "./decide/drift.ts";
export { checkFeatures } from "./decide/feature-problems.ts";
export { departed } from "./decide/groups.ts";
export { forced, missingApprovals, raisedElsewhere, refusals, usedBeyondGrant } from "./decide/guard.ts";
export { type EndedRow, endedRows, isUnfinished, type KnownRow, knownRows } from "./decide/history.ts";
export { type Proposal, type Proposals, proposeEntries } from "./decide/propose.ts";
export { totalsOf } from "./decide/summary.ts";
export { inUseOrder, type UseOrder } from "./decide/use-order.ts";
export { type LogRead, suspects } from "./decide/who.ts";
export { type DriftRequest, findDrift } from "./find-drift.ts";
export { addCycles, nextBoundary } from "./interval.ts";
export { AccountReader } from "./observe/account-reader.ts";
export type { Observation } from "./observe/observation.ts";
export { type Account, type AccountRequest, readAccount } from "./observe/read-account.ts";
export { type HistoryRequest, type ReadHistory, readHistory } from "./observe/read-history.ts";
export { type FullRead, type FullReadEvent, readInFull } from "./observe/read-in-full.ts";
export { readLog } from "./observe/read-log.ts";
export { checkTargets } from "./observe/targets.ts";
export { pagesOf } from "./observe/walk.ts";
export { makePlan } from "./plan.ts";
export { parseRemoteId } from "./remote-id.ts";
export {
  type MovedChange,
  type RenewedPlan,
  type RenewRequest,
  renewPlan,
} from "./renew.ts";
export { nameOf, type Row, type RowState, settled, stateOf } from "./row.ts";
export { limitsOfShard, shardOf } from "./shard.ts";
export { sameReset, writtenReset, writtenRollover } from "./transitions/compare.ts";
export { type Generation, matchRows } from "./transitions/match.ts";
export {
  type ApplyEvent,
  type CallEstimate,
  type Change,
  type ChangeKind,
  type ChangeOutcome,
  type ChangeResult,
  type Few,
  type FieldChange,
  type Finding,
  type GrantCheck,
  type GroupReport,
  isAction,
  type LeftOver,
  type Outcome,
  type Plan,
  type PlanBase,
  type PlanEnvironment,
  type PlanEvent,
  type PlannedGroup,
  type PlanRequest,
  type PolicyVerdict,
  type Reason,
  type Refusal,
  type Retirement,
  type Scheduled,
  type Scope,
  type Shard,
  type Target,
  type Total,
  type Warning,
} from "./types.ts";
