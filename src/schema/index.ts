// The public part of this room: what a balance is. Everything else is built on it.
export {
  type BalanceDefaults,
  type BalanceEntry,
  type BalanceFieldName,
  type BalanceRule,
  balanceFields,
  balanceRules,
  defaultFields,
  entryFields,
  INTERVALS,
  KEY_PATTERN,
  noteFields,
} from "./balance.ts";
export {
  type DesiredBalance,
  defaultKey,
  desiredBalance,
  type Note,
  type Place,
  termsOf,
} from "./desired.ts";
export type { Field, Fields } from "./field.ts";
export {
  type BalancesFile,
  type CustomerFilter,
  DEFAULT_GROUP_PERCENT,
  DEFAULT_LIMITS,
  type Environment,
  type GrantEntry,
  type GrantTarget,
  type Limits,
  MAPPED_FIELDS,
  type ParameterValue,
  TEMPLATE_NAME_PATTERN,
  type Template,
  type TemplatedEntry,
  type WhenTheyLeave,
} from "./file.ts";
export type { Grant, Interval, Phase, Reset, Rollover } from "./grant.ts";
export { EARLIEST_MS, instantToMs, LATEST_MS, msToInstant } from "./instant.ts";
export { balancesFileSchema } from "./json-schema.ts";
export type { JsonSchema } from "./json-schema-parts.ts";
export { balanceName, isNamespace, NAMESPACE_PATTERN, NAMESPACE_RULE } from "./names.ts";
export { desiredAt, goesOn, inPhases, nextStart } from "./phases.ts";
export { type Problem, ProblemsError } from "./problem.ts";
export { type SchemaError, type SchemaResult, validateFile } from "./validate.ts";
