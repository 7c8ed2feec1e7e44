// What this room offers: what became of balances, from the rows that have ended. Pure.
export { type CustomerTimeline, type HistoryEvent, type Timelines, timelinesOf } from "./timeline.ts";
