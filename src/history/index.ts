// The public part of this room: the past of balances, from rows that have ended and from commits. Pure.
export { type Disagreement, type DisagreementCode, disagreements } from "./disagreements.ts";
export { changedFields, type EntryField } from "./fields.ts";
export {
  type CustomerTimeline,
  type EntryEvent,
  type HistoryEvent,
  type RowEvent,
  type Timelines,
  timelinesOf,
} from "./timeline.ts";
