// Detects numbers that a flow mapping splits: `{ included: 1,000,000 }` has the field `included` and two fields named
// 000; `{ included: 1,5 }` has a field named 5, and `{ included: 1,000.5 }` one named 000.5.
import { isScalar, type Pair, type Scalar } from "yaml";
import type { YamlNode } from "../yaml/places.ts";

type Field = Pair<Scalar<string>, YamlNode>;

const isPart = ({ key, value }: Field): boolean =>
  value === null && key.type === "PLAIN" && /^(?:\d+|\d{3}\.\d+)$/.test(String(key.value));

/**
 * The number that starts as the value of a field, as it should be written, and how many of the following fields are
 * parts of it. `undefined` if none are.
 */
export function splitNumber(
  fields: readonly Field[],
  at: number,
): { readonly meant: string; readonly parts: number } | undefined {
  const head = fields[at]?.value;
  const begun = isScalar(head) && head.type === "PLAIN" ? (head.source ?? "") : "";
  if (!/^[-+]?\d+$/.test(begun)) return undefined;
  const behind = fields.slice(at + 1);
  const end = behind.findIndex((field) => !isPart(field));
  const parts = end === -1 ? behind : behind.slice(0, end);
  const texts = parts.map(({ key }) => String(key.value));
  if (texts.length === 0) return undefined;
  const areThousands = /^(?:\d{3},)*\d{3}(?:\.\d+)?$/.test(texts.join(","));
  if (!areThousands && (texts.length > 1 || texts[0]?.includes("."))) return undefined;
  return { meant: [begun, ...texts].join(areThousands ? "" : "."), parts: texts.length };
}
