// Describes a value for messages.
import { printable, quoted } from "../../text/index.ts";

/** What a value is, for "… is {this}"; `written` is how the file spells it. */
export function described(value: unknown, written?: string): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number") return printable(written ?? String(value));
  if (typeof value === "boolean") return `\`${printable(written ?? String(value))}\``;
  if (value === null || value === undefined) return "empty";
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object") return `a ${typeof value}`;
  return Array.isArray(value) ? "a list" : "a mapping";
}
