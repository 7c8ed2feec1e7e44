// Writes balances files as one file in which every balance is written out, with a comment on where it comes from.
import { printable } from "../text/index.ts";
import { entryLines, yamlLines } from "./entry-text.ts";
import type { ReadFile } from "./loaded-config.ts";
import { placeText } from "./yaml/lines.ts";
import { pointerParts } from "./yaml/pointer.ts";

/** @param files without problems, in the order in which they are written */
export function expandedText(files: readonly ReadFile[]): string {
  const entries = files.flatMap((file) => file.entries);
  const lines = entries.flatMap(({ balance, written }) => {
    if (written === undefined) return [];
    const from = balance.place === undefined ? [] : [`  # ${printable(placeText(balance.place), 400)}`];
    return [...from, ...entryLines(written).map((line, n) => `  ${n === 0 ? "- " : "  "}${line}`)];
  });
  const list = lines.length === 0 ? ["balances: []"] : ["balances:", ...lines];
  return `${[...yamlLines(settings(files)), ...files.flatMap(missing), ...list].join("\n")}\n`;
}

/** A comment on each grant to customers whom Autumn has to be asked for: its balances are not in the list. */
const missing = ({ groups = [] }: ReadFile): string[] =>
  groups.flatMap(({ name, query, place }) => {
    if (query === null) return [];
    const at = place === undefined ? "" : ` (${placeText(place)})`;
    return [`# without those of ${printable(name + at, 400)}: only Autumn knows its customers`];
  });

/** The settings of the files, which are everything but their balances. */
function settings(files: readonly ReadFile[]): Record<string, unknown> {
  const root: Record<string, unknown> = { version: 1 };
  for (const { pointer, value } of files.flatMap((file) => file.settings)) {
    const parts = pointerParts(pointer);
    const last = parts.pop() ?? "";
    let owner = root;
    for (const part of parts) {
      owner[part] ??= {};
      owner = owner[part] as Record<string, unknown>;
    }
    Object.defineProperty(owner, last, { value, enumerable: true, configurable: true, writable: true });
  }
  return root;
}
