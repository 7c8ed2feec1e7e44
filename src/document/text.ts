import { visibleJson } from "../text/index.ts";
import type { JsonDocument } from "./codec.ts";

/** The document as text, harmless for terminals; ends with a line break. */
export function jsonText(document: JsonDocument): string {
  return `${visibleJson(JSON.stringify(document, null, 2))}\n`;
}
