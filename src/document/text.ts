import { visibleJson } from "../text/index.ts";
import type { JsonDocument } from "./codec.ts";

/** The document as text that is safe for terminals, with a line break at the end. */
export function jsonText(document: JsonDocument): string {
  return `${visibleJson(JSON.stringify(document, null, 2))}\n`;
}
