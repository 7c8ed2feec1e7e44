// The types of Terraform's values ("cty"), in the very form in which they travel as JSON.

/**
 * - `["list", "string"]`, `["set", …]`, `["map", …]`: any number of values of one type.
 * - `["object", { name: "string" }]`: exactly these attributes; each may be null.
 * - `["tuple", ["string", "bool"]]`: exactly these elements.
 * - `"dynamic"`: a value that brings its type with it.
 */
export type CtyType =
  | "string"
  | "number"
  | "bool"
  | "dynamic"
  | readonly ["list" | "set" | "map", CtyType]
  | readonly ["object", { readonly [attribute: string]: CtyType }]
  | readonly ["tuple", readonly CtyType[]];

/** Deeper than anything a person writes, and shallow enough for the stack. */
const DEEPEST = 200;

/** Reads a type from its parsed JSON. Throws a TypeError that says what is wrong with it. */
export function parseCtyType(json: unknown, depth = 0): CtyType {
  if (depth > DEEPEST) throw new TypeError("a type that is nested too deeply");
  if (json === "string" || json === "number" || json === "bool" || json === "dynamic") return json;
  if (Array.isArray(json)) {
    const [kind, of] = json as unknown[];
    if (kind === "list" || kind === "set" || kind === "map") return [kind, parseCtyType(of, depth + 1)];
    if (kind === "tuple" && Array.isArray(of))
      return [kind, of.map((element) => parseCtyType(element, depth + 1))];
    if (kind === "object" && typeof of === "object" && of !== null && !Array.isArray(of)) {
      const attributes: Record<string, CtyType> = Object.create(null);
      for (const [name, type] of Object.entries(of)) attributes[name] = parseCtyType(type, depth + 1);
      return [kind, attributes];
    }
  }
  throw new TypeError(`not a type: ${JSON.stringify(json)?.slice(0, 100)}`);
}

/** For messages: `list of string`, `object`. */
export function nameOfType(type: CtyType): string {
  if (typeof type === "string") return type === "dynamic" ? "value of any type" : type;
  const [kind, of] = type;
  return kind === "object" || kind === "tuple" ? kind : `${kind} of ${nameOfType(of)}`;
}
