// The public part of this room: balances.yaml in, desired balances out, or every problem with its place.

export { addEntries, newFile, type WrittenFile } from "./add-entries.ts";
export { explainField } from "./complaints/field.ts";
export { entriesOfTable } from "./csv/entries.ts";
export { readMapping, usualMapping } from "./csv/mapping.ts";
export { readTable } from "./csv/table.ts";
export { type Edit, type EntryName, editEntries } from "./edit-entries.ts";
export type { Entries, EntryChange } from "./entry-changes.ts";
export { type EntryIssue, entryProblems } from "./entry-problems.ts";
export { yamlText } from "./entry-text.ts";
export type { Group } from "./expand/grants.ts";
export { findDefault, findFiles } from "./find-files.ts";
export { type RootFile, readAtRoot, repositoryTop } from "./git/base-file.ts";
export { checkoutAround } from "./git/checkout-around.ts";
export { GitError, git, trusting } from "./git/git.ts";
export {
  type GitHistory,
  type GitHistoryOptions,
  loadGitHistory,
  type ReadGitHistory,
} from "./git/history.ts";
export { type BaseOptions, brokenBase, commitAt, type LoadedBase, loadBase } from "./git/load-base.ts";
export type { Commit } from "./git/log.ts";
export { type LoadOptions, loadConfig, loadConfigIfAny, loadConfigSync, loadExpanded } from "./load.ts";
export { combine, type LoadedConfig, type ReadFile } from "./loaded-config.ts";
export { asksForMembers, type KnownCustomer, needsAsking, withMembers } from "./members.ts";
export { type ParsedBalances, parseBalances, readBalances } from "./parse.ts";
export { MAX_FILE_BYTES, readText } from "./read-text.ts";
export type { Tree } from "./yaml/places.ts";
export { readYaml, type YamlValues } from "./yaml/read.ts";
export type { FieldSchema } from "./yaml/schema-at.ts";
