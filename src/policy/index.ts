// Policies: rules on what may be granted, and who has to approve it. Loaded only where there is a policy.
export { type CaseResult, runCases } from "./cases.ts";
export { type Judged, judge } from "./judge.ts";
export { parsePolicy } from "./parse.ts";
export type { Policy } from "./policy.ts";
