// What holds for a server: the facts that the promises of this tool rest on, tried one by one in its sandbox; and
// checks of the machine that this tool runs on.
export { type Examination, type ExamineEvent, examine } from "./examine.ts";
export { type Fact, type FactResult, PROMISES } from "./fact.ts";
export { FACT_GROUPS } from "./facts/index.ts";
export type { LeftOver } from "./removal.ts";
export {
  type Check,
  type FileAccess,
  type FilesRead,
  type Surroundings,
  setupChecks,
} from "./setup/index.ts";
export { NAME_PREFIX } from "./workshop.ts";
