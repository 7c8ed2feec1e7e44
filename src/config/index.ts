// What this room offers: balances.yaml in, desired balances out, or every complaint with its place.
export { addEntries, newFile, type WrittenFile } from "./add-entries.ts";
export { type BaseOptions, type LoadedBase, loadBase } from "./base.ts";
export { didYouMean } from "./did-you-mean.ts";
export { type EntryIssue, entryProblems } from "./entry-problems.ts";
export { findDefault, findFiles } from "./find-files.ts";
export { type LoadOptions, loadConfig, loadConfigSync } from "./load.ts";
export type { LoadedConfig } from "./loaded-config.ts";
export { type ParsedBalances, parseBalances } from "./parse.ts";
export { MAX_FILE_BYTES, readText } from "./read-text.ts";
export { printable, quoted } from "./show.ts";
