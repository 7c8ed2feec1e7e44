// Reads any small YAML document as plain values with places, as carefully as balances files.
import type { Problem } from "../../schema/index.ts";
import { yamlDocument } from "./document.ts";
import { Lines } from "./lines.ts";
import type { Tree } from "./places.ts";
import { plainValue } from "./values.ts";

export interface YamlValues {
  readonly value: unknown;
  /** The place of each value; `null` when the text is not YAML. */
  readonly tree: Tree | null;
  readonly problems: readonly Problem[];
}

/** Words, spaces and signs of a document: at most about 100 kB, which is enough for one written by hand. */
const MAX_LEXEMES = 100_000;

/** @param file its name, for places */
export function readYaml(withMark: string, file: string): YamlValues {
  const text = withMark.startsWith("\uFEFF") ? withMark.slice(1) : withMark;
  const lines = new Lines(text, file);
  const yaml = yamlDocument(text, lines, MAX_LEXEMES);
  if ("problems" in yaml) return { value: null, tree: null, problems: yaml.problems };
  const { value, tree, problems } = plainValue(yaml.root, lines);
  return { value, tree, problems };
}
