// Writes entries as YAML or JSON, with everything invisible spelled out: ids come from a server that accepts any text,
// and are read by people in a pull request.
import { Document, parse, type ScalarTag, visit } from "yaml";
import type { BalanceEntry } from "../schema/index.ts";
import { decimal, escapedInJson, HIDDEN, hex } from "../text/index.ts";

const IS_HIDDEN = new RegExp(HIDDEN, "u");
const EACH_HIDDEN = new RegExp(`(?![\\n\\t])(?:${HIDDEN})`, "gu");

/**
 * Whether a text would read as something else without quotes: hidden characters, and what YAML 1.1 readers (PyYAML,
 * Ruby, Terraform's yamldecode) take for `false`, a number, a date or one of their signs.
 */
function needsQuotes(text: string): boolean {
  return IS_HIDDEN.test(text) || SIGN.test(text) || isOtherInYaml11(text);
}

/** Plain text only in YAML 1.2: to some readers, `=` and `<<` are signs, and `1:30` is 90. */
const SIGN =
  /^(?:=|<<|~)$|^[-+]?[\d.][\d_.,:]*(?:[eE][-+]?\d+)?$|^[-+]?0[box][\da-f_]*$|^[-+]?\.(?:inf|nan)$/i;

function isOtherInYaml11(text: string): boolean {
  // Words that YAML 1.1 knows are short, and dates begin with a digit.
  if (!/^[\w+.~-]{0,10}$/.test(text) && !/^\d{4}-/.test(text)) return false;
  try {
    return typeof parse(text, { version: "1.1", logLevel: "silent" }) !== "string";
  } catch {
    // A text that cannot be read without quotes is quoted anyway.
    return false;
  }
}

/** Readers of YAML 1.1 take a number with an exponent and no point for text. */
const SMALL: ScalarTag = {
  tag: "tag:yaml.org,2002:float",
  default: true,
  identify: (value) => typeof value === "number" && String(value).includes("e"),
  // Nothing is read with it; without a test, the tag for all numbers would be taken.
  test: /^(?!)/,
  resolve: Number,
  stringify: ({ value }) => decimal(Number(value)),
};

/** Lines of a block mapping, without indentation and without a line break at the end. */
export function entryLines(entry: BalanceEntry): string[] {
  return written(entry, false).split("\n");
}

/** The same for any mapping of plain values. */
export function yamlLines(mapping: Readonly<Record<string, unknown>>): string[] {
  return yamlOf(mapping, false).split("\n");
}

/** An entry on one line, as within `[ ]`. */
export function entryInline(entry: BalanceEntry): string {
  return written(entry, true);
}

/** A text on one line of YAML, quoted if it would read as something else. */
export const yamlText = (text: string): string => yamlOf(text, true);

const written = (entry: BalanceEntry, flow: boolean): string => yamlOf(entry, flow);

function yamlOf(value: unknown, flow: boolean): string {
  const document = new Document(value, { customTags: (tags) => [SMALL, ...tags] });
  visit(document, {
    Map: (key, node) => {
      // `reset` and `rollover` are short.
      node.flow = flow || key !== null;
    },
    Scalar: (_, node) => {
      if (typeof node.value === "string" && needsQuotes(node.value)) node.type = "QUOTE_DOUBLE";
    },
  });
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: true }).trimEnd();
  // Hidden characters only occur in double quotes.
  return text.replace(EACH_HIDDEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
  });
}

/** @param indent for each level; `""` for a single line */
export function entryJson(entry: BalanceEntry, indent: string): string {
  return JSON.stringify(entry, null, indent).replace(EACH_HIDDEN, escapedInJson);
}
