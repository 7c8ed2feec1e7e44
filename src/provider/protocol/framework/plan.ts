// What a plan is, when the resource has no opinion of its own.
import { sameValue } from "../values/equal.ts";
import { type CtyObject, type CtyValue, UNKNOWN } from "../values/value.ts";
import type { Schema } from "./schema.ts";

/**
 * The proposed state; if anything changes at all, what is computed and not configured is unknown in it.
 * @param keep computed attributes that stay as they are in an update, such as an id
 */
export function planWithUnknowns(
  schema: Schema,
  objects: { readonly prior: CtyObject | null; readonly proposed: CtyObject; readonly config: CtyObject },
  keep: readonly string[] = [],
): CtyObject {
  const { prior, proposed, config } = objects;
  if (prior !== null && sameValue(prior, proposed)) return proposed;
  const planned: Record<string, CtyValue> = Object.create(null);
  for (const [name, attribute] of Object.entries(schema.attributes)) {
    const open = attribute.computed === true && (config[name] ?? null) === null;
    const kept = prior !== null && keep.includes(name);
    planned[name] = open && !kept ? UNKNOWN : (proposed[name] ?? null);
  }
  return planned;
}
