// JSON pointers (RFC 6901), which name a value in the validator, in the text and in problems alike.

/** The pointer to the field `name` of what `parent` points to. */
export function pointerTo(parent: string, name: string): string {
  // Called for every field of every entry, and hardly any needs escaping.
  if (!name.includes("~") && !name.includes("/")) return `${parent}/${name}`;
  return `${parent}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

export const pointerParts = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));

/** The value at `pointer`, reading own properties only. */
export function valueAt(value: unknown, pointer: string): unknown {
  let found = value;
  for (const part of pointerParts(pointer)) {
    if (found === null || typeof found !== "object" || !Object.hasOwn(found, part)) return undefined;
    found = (found as Record<string, unknown>)[part];
  }
  return found;
}
