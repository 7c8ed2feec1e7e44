// Page cursors: base64url JSON that callers pass back unread. Anything else is a 400 invalid_cursor.
import { invalidCursor } from "./errors.ts";
import { isObject } from "./fields.ts";

export function encodeCursor(position: Readonly<Record<string, number | null>>): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

/** Reads a cursor; none, or an empty one, starts at the beginning. */
export function readCursor<T>(
  cursor: string | undefined,
  read: (position: Readonly<Record<string, unknown>>) => T | undefined,
): T | undefined {
  if (cursor === undefined || cursor === "") return undefined;
  let position: unknown;
  try {
    position = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    throw invalidCursor();
  }
  const found = isObject(position) ? read(position) : undefined;
  if (found === undefined) throw invalidCursor();
  return found;
}

/** A reader of positions that have exactly these numbers. */
export function cursorNumbers<Name extends string>(...names: Name[]) {
  return (position: Readonly<Record<string, unknown>>): Record<Name, number> | undefined => {
    const found: Partial<Record<Name, number>> = {};
    for (const name of names) {
      const value = position[name];
      if (typeof value !== "number") return undefined;
      found[name] = value;
    }
    return found as Record<Name, number>;
  };
}
