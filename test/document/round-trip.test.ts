// Every document is written as it was read, and read as it was written. What is in it is made up from its schema.
import fc, { type Arbitrary } from "fast-check";
import { describe, expect, it } from "vitest";
import type { Codec } from "../../src/document/codec.ts";
import { type JsonDocument, writtenInstant } from "../../src/document/index.ts";
import { PUBLISHED } from "../../src/document/schema.ts";
import type { JsonSchema } from "../../src/schema/index.ts";

/** The schema, with the keywords that codecs write. */
interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly items?: Schema;
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema;
}

const instant = fc
  .oneof(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), fc.constant(253_402_300_800_000))
  .map(writtenInstant);
const month = fc
  .tuple(fc.integer({ min: 1000, max: 9999 }), fc.integer({ min: 10, max: 12 }))
  .map((two) => two.join("-"));
/** An entry has all that is for people, or nothing of it. */
const NOTE = ["reason", "ticket", "owner"];

function madeUp(definitions: ReadonlyMap<string, JsonSchema>): (schema: Schema) => Arbitrary<unknown> {
  const of = (schema: Schema): Arbitrary<unknown> => {
    const choices = schema.anyOf ?? schema.oneOf;
    if (schema.$ref === "#/$defs/instant") return instant;
    if (schema.$ref !== undefined) return of(definitions.get(schema.$ref.replace("#/$defs/", "")) as Schema);
    if (choices) return fc.oneof(...choices.map(of));
    if ("const" in schema) return fc.constant(schema.const);
    if (schema.enum) return fc.constantFrom(...schema.enum);
    switch (schema.type) {
      case "null":
        return fc.constant(null);
      case "boolean":
        return fc.boolean();
      case "string":
        return schema.pattern === undefined ? fc.string({ unit: "binary" }) : month;
      case "integer":
        return fc.maxSafeNat().map((n) => n + (schema.minimum ?? 0));
      case "number":
        return fc.double({ min: schema.minimum ?? -1e300, max: 1e300, noNaN: true }).map((n) => n + 0);
      case "array":
        return fc.array(of(schema.items ?? {}), { minLength: 1, maxLength: 2 });
      case "object":
        return objectOf(schema);
      default:
        return fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)));
    }
  };
  const objectOf = ({ properties = {}, required = [], additionalProperties }: Schema): Arbitrary<unknown> => {
    if (additionalProperties) return fc.dictionary(fc.string(), of(additionalProperties), { maxKeys: 3 });
    const fields = Object.entries(properties).map(([name, field]) => [name, of(field)] as const);
    const optional = fields.map(([name]) => name).filter((name) => !required.includes(name));
    return fc.record(Object.fromEntries(fields)).chain((whole) =>
      fc.subarray(optional.filter((name) => !NOTE.includes(name))).chain((absent) =>
        fc.boolean().map((isNoted) => {
          const left = new Set([...absent, ...(isNoted || !optional.includes("owner") ? [] : NOTE)]);
          return Object.fromEntries(Object.entries(whole).filter(([name]) => !left.has(name)));
        }),
      ),
    );
  };
  return of;
}

const documents = new Map(
  Object.values(PUBLISHED)
    .flatMap((one) => one.documents as readonly unknown[] as readonly Codec<unknown>[])
    .map((document) => {
      const definitions = new Map<string, JsonSchema>();
      const { $ref = "" } = document.schema(definitions) as Schema;
      return [$ref.replace("#/$defs/", ""), { document, definitions, schema: { $ref } }] as const;
    }),
);

describe("a document", () => {
  it("is one of these", () => {
    expect([...documents.keys()].sort()).toEqual([
      ...["apply", "doctor", "doctor_setup", "drift", "error", "explain", "forecast"],
      ...["history", "import", "plan", "saved_plan", "validation"],
    ]);
  });

  it.each([...documents])("%s loses nothing when it is read and written", (_, one) => {
    const { document, definitions, schema } = one;
    fc.assert(
      fc.property(madeUp(definitions)(schema), (json) => {
        const value = document.read(json, "");
        const written = document.write(value) as JsonDocument;
        expect(written).toEqual(json);
        expect(document.read(written, "")).toEqual(value);
      }),
      { numRuns: 25 },
    );
  });
});
