// Entries as they are written into a file: in YAML or JSON, with everything that cannot be seen spelled out, as ids
// come from a server that takes any text and are read by people in a pull request.
import { Document, visit } from "yaml";
import type { BalanceEntry } from "../schema/index.ts";

/** Control and format characters, marks that reorder or hide text, unassigned ones, spaces that are not " ". */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/u;
const EACH_HIDDEN = new RegExp(`(?![\\n\\t])(?:${HIDDEN.source})`, "gu");

/** Lines of a block mapping, without indentation and without a line break at the end. */
export function entryLines(entry: BalanceEntry): string[] {
  return written(entry, false).split("\n");
}

/** One line, as it stands within `[ ]`. */
export function entryInline(entry: BalanceEntry): string {
  return written(entry, true);
}

function written(entry: BalanceEntry, flow: boolean): string {
  const document = new Document(entry);
  visit(document, {
    Map: (key, node) => {
      // `reset` and `rollover` are short.
      node.flow = flow || key !== null;
    },
    Scalar: (_, node) => {
      if (typeof node.value === "string" && HIDDEN.test(node.value)) node.type = "QUOTE_DOUBLE";
    },
  });
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: true }).trimEnd();
  // What is hidden stands in double quotes only.
  return text.replace(EACH_HIDDEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
  });
}

/** @param indent of each level; `""` for a single line */
export function entryJson(entry: BalanceEntry, indent: string): string {
  const json = JSON.stringify(entry, null, indent);
  return json.replace(EACH_HIDDEN, (character) =>
    Array.from({ length: character.length }, (_, n) => `\\u${hex(character.charCodeAt(n), 4)}`).join(""),
  );
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, "0");
