// The settings of a file, which are everything but its balances, each with its place, so that files can be compared.
import type { Place } from "../schema/index.ts";
import type { Tree } from "./yaml/places.ts";
import { pointerTo } from "./yaml/pointer.ts";

export interface Setting {
  /** As messages call it: `limits.deletes`. */
  readonly name: string;
  readonly pointer: string;
  readonly value: string | number | boolean;
  readonly place: Place;
  /** Where its name stands. */
  readonly namePlace: Place;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The settings of a file, except those that are wrong. */
export function settingsOf(file: Record<string, unknown>, tree: Tree, wrong: ReadonlySet<string>): Setting[] {
  const settings: Setting[] = [];
  const collect = (
    owner: Record<string, unknown>,
    names: readonly string[],
    parent: string,
    prefix: string,
  ) => {
    for (const name of names) {
      const value = Object.hasOwn(owner, name) ? owner[name] : undefined;
      const pointer = pointerTo(parent, name);
      if (wrong.has(pointer) || value === null || !["string", "number", "boolean"].includes(typeof value))
        continue;
      const place = tree.placeOfValue(pointer);
      if (place === undefined) continue;
      const namePlace = tree.placeOfName(pointer) ?? place;
      settings.push({ name: prefix + name, pointer, value: value as Setting["value"], place, namePlace });
    }
  };
  collect(file, ["namespace", "environment", "create_customers", "retire"], "", "");
  const { limits } = file;
  if (!isObject(limits)) return settings;
  collect(
    limits,
    ["deletes", "delete_percent", "replaces", "replace_percent", "group_percent"],
    "/limits",
    "limits.",
  );
  if (isObject(limits.granted)) {
    collect(limits.granted, Object.keys(limits.granted), "/limits/granted", "limits.granted.");
  }
  return settings;
}
