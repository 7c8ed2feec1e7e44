// Fields that no client knows yet, as later servers may send them with every object of an answer.

/** Maps whose keys are ids or names of the caller, not fields. */
const MAPS = new Set(["balances", "flags", "metadata"]);

/** What `source`, `allocation` and the like are to a client that does not know them. */
const UNKNOWN = { introduced_later: { nested: [1, "two", null] } } as const;

/** A copy of an answer in which every object has one more field. */
export function withUnknownFields(value: unknown, isMap = false): unknown {
  if (Array.isArray(value)) return value.map((item) => withUnknownFields(item));
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const [name, member] of Object.entries(value)) {
    copy[name] = withUnknownFields(member, MAPS.has(name));
  }
  return isMap ? copy : Object.assign(copy, UNKNOWN);
}
