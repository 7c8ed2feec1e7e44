// The public part of this room: what a customer has and why, from rows, entries, commits and a plan. Pure.
export {
  type ExplainedFeature,
  type ExplainedRow,
  type ExplainQuestion,
  explain,
  type Origin,
} from "./explain.ts";
export type { NextReset } from "./next-reset.ts";
