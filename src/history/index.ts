// What this room offers: what became of balances, from the rows that have ended and from commits. Pure.
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
