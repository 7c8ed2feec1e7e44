// Any small YAML document as plain values with places, read as carefully as balances files are.
import type { Problem } from "../../schema/index.ts";
import { yamlDocument } from "./document.ts";
import { Lines } from "./lines.ts";
import type { Tree } from "./places.ts";
import { plainValue } from "./values.ts";

export interface YamlValues {
  readonly value: unknown;
  /** Tells where each value is written; `null` where the text is no YAML. */
  readonly tree: Tree | null;
  readonly problems: readonly Problem[];
}

/** Words, spaces and signs of a document that people write by hand: a tenth of a megabyte at the most. */
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
