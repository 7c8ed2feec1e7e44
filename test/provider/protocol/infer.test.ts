// The types that are made from a schema. Nothing runs: `tsc` is the test.
import { expect, expectTypeOf, it } from "vitest";
import { typeOfSchema } from "../../../src/provider/protocol/framework/schema.ts";
import type {
  CtyNumber,
  CtyValue,
  Planned,
  Schema,
  State,
  TypedValue,
  Unknown,
  ValueOf,
} from "../../../src/provider/protocol/index.ts";

const schema = {
  attributes: {
    name: { type: "string", required: true },
    weight: { type: "number", optional: true },
    tags: { type: ["list", "string"], optional: true },
    labels: { type: ["map", "bool"], computed: true },
    anything: { type: "dynamic", optional: true },
    reset: { nested: "single", optional: true, attributes: { interval: { type: "string", required: true } } },
    pages: { nested: "list", required: true, attributes: { text: { type: "string", optional: true } } },
    shelves: { nested: "map", optional: true, attributes: { of: { type: "number", optional: true } } },
  },
} as const satisfies Schema;

it("a state has every attribute, known, and null where it need not be set", () => {
  expectTypeOf<State<typeof schema>>().toEqualTypeOf<{
    readonly name: string;
    readonly weight: CtyNumber | null;
    readonly tags: readonly (string | null)[] | null;
    readonly labels: { readonly [key: string]: boolean | null } | null;
    readonly anything: TypedValue | null;
    readonly reset: { readonly interval: string } | null;
    readonly pages: readonly { readonly text: string | null }[];
    readonly shelves: { readonly [key: string]: { readonly of: CtyNumber | null } } | null;
  }>();
});

it("in a plan anything may be unknown, at every depth", () => {
  type Plan = Planned<typeof schema>;
  expectTypeOf<Plan["name"]>().toEqualTypeOf<string | Unknown>();
  expectTypeOf<Plan["tags"]>().toEqualTypeOf<readonly (string | null | Unknown)[] | null | Unknown>();
  expectTypeOf<Plan["reset"]>().toEqualTypeOf<{ readonly interval: string | Unknown } | null | Unknown>();
});

it("values of types", () => {
  expectTypeOf<ValueOf<["tuple", ["string", "bool"]]>>().toEqualTypeOf<
    readonly [string | null, boolean | null]
  >();
  expectTypeOf<ValueOf<["object", { a: "number" }]>>().toEqualTypeOf<{ readonly a: CtyNumber | null }>();
});

it("a schema that nobody wrote down gives any value", () => {
  expectTypeOf<State<Schema>>().toEqualTypeOf<{ readonly [name: string]: CtyValue }>();
  expectTypeOf<State<typeof schema>>().toExtend<State<Schema>>();
});

it("a schema has a type", () => {
  expect(
    JSON.stringify(typeOfSchema({ attributes: { a: schema.attributes.pages, b: schema.attributes.tags } })),
  ).toBe('["object",{"a":["list",["object",{"text":"string"}]],"b":["list","string"]}]');
});
