// The engine: observe what is there, decide what has to happen, and make it happen once.
export { applyPlan } from "./apply.ts";
export { type Refusal, refusals } from "./guard.ts";
export { makePlan } from "./plan.ts";
export { type Row, type RowState, stateOf } from "./row.ts";
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
  type PlanEvent,
  type PlanRequest,
  type Reason,
  type Scope,
  type Total,
  type Warning,
} from "./types.ts";
