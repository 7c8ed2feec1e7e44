// Explains JSON Schema errors of a policy file in plain words, each at its place. Values are explained as those of
// balances files are, and so are the entries of cases.
import { entryProblems, explainField, type FieldSchema, type Tree } from "../config/index.ts";
import type { Problem, SchemaError } from "../schema/index.ts";
import { didYouMean, printable, quoted } from "../text/index.ts";
import { policyFileSchema } from "./policy-file.ts";

type Explanation = Pick<Problem, "code" | "message" | "hint">;

/** Errors that only repeat another one: in branches of `then:`, and of conditions in a balance. */
const isEcho = ({ keyword, schemaPath }: SchemaError): boolean =>
  keyword === "if" || /\/anyOf\/\d+\//.test(schemaPath);

/** An entry of a case, or something in it. */
const IN_ENTRY = /^\/cases\/\d+\/(?:was|entries)\/\d+/;

export function explainSchema(errors: readonly SchemaError[], value: unknown, tree: Tree): Problem[] {
  return errors.flatMap((error) => {
    const { instancePath, keyword } = error;
    if (isEcho(error) || IN_ENTRY.test(instancePath) || tree.hasComplaint(instancePath)) return [];
    const isName = keyword === "additionalProperties";
    const pointer = isName
      ? `${instancePath}/${escaped(String(error.params.additionalProperty))}`
      : instancePath;
    const place = isName ? tree.placeOfName(pointer) : tree.placeOfValue(pointer);
    return [
      {
        ...explanation(error, valueAt(value, instancePath), tree),
        ...(place === undefined ? {} : { place }),
        pointer,
      },
    ];
  });
}

/** What is wrong with the entries of the cases, as with those of a balances file. */
export function explainEntries(value: unknown, tree: Tree): Problem[] {
  const cases = valueAt(value, "/cases");
  if (!Array.isArray(cases)) return [];
  return cases.flatMap((_, index) =>
    ["was", "entries"].flatMap((list) => {
      const at = `/cases/${index}/${list}`;
      const entries = valueAt(value, at);
      return Array.isArray(entries)
        ? entries.flatMap((entry, number) => problemsOfEntry(entry, `${at}/${number}`, tree))
        : [];
    }),
  );
}

function problemsOfEntry(entry: unknown, at: string, tree: Tree): Problem[] {
  const spelled = {
    written: (pointer: string) => tree.written(at + pointer),
    spelling: (pointer: string) => tree.spelling(at + pointer),
  };
  return entryProblems(entry, undefined, spelled).flatMap(({ pointer, ...problem }) => {
    const there = at + pointer;
    if (tree.hasComplaint(there)) return [];
    const place =
      problem.code === "unknown-field"
        ? tree.placeOfName(there)
        : (tree.placeOfValue(there) ?? tree.placeOfValue(at));
    return [{ ...problem, ...(place === undefined ? {} : { place }), pointer: there }];
  });
}

const escaped = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

/** What people write instead of the names of fields here. */
const SYNONYMS: Readonly<Record<string, string>> = {
  action: "then",
  after: "entries",
  before: "was",
  case: "cases",
  condition: "when",
  description: "message",
  effect: "then",
  entry: "entries",
  env: "environment",
  expects: "expect",
  feature_id: "feature",
  folder: "folders",
  if: "when",
  limit: "units",
  max: "units",
  rule: "rules",
  team: "teams",
  tests: "cases",
};

const EFFECTS = ["deny", "warn", "approve"];
const EFFECT_SYNONYMS: Readonly<Record<string, string>> = {
  approval: "approve",
  ask: "approve",
  block: "deny",
  error: "deny",
  fail: "deny",
  forbid: "deny",
  refuse: "deny",
  reject: "deny",
  require_approval: "approve",
  warning: "warn",
};

function explanation(error: SchemaError, value: unknown, tree: Tree): Explanation {
  const { keyword, params, instancePath, schemaPath } = error;
  const name = nameOf(instancePath);
  const field = shownName(instancePath);
  const schema = schemaAt(schemaPath);
  const example =
    schema.examples?.[0] === undefined ? {} : { hint: `for example ${JSON.stringify(schema.examples[0])}` };
  if (instancePath === "" && keyword === "type") {
    const message = value === null ? "the file is empty" : "the file must be a mapping of fields";
    return { code: "wrong-type", message, hint: "a policy has `version: 1`, and its rules under `rules:`" };
  }
  switch (keyword) {
    case "additionalProperties":
      return unknownField(String(params.additionalProperty), Object.keys(schema.properties ?? {}));
    case "required":
      return missingField(String(params.missingProperty), field, schema);
    case "anyOf":
      return wrongEffect(value);
    case "pattern":
      return value === ""
        ? { code: "bad-name", message: `${field} is empty`, ...example }
        : { code: "bad-name", message: `${field} may have letters, digits and . _ @ / - only`, ...example };
    case "minLength":
      return { code: "bad-text", message: `${field} is empty`, hint: "write something" };
    case "maxLength": {
      const message = `${field} is longer than ${String(params.limit)} characters`;
      return { code: "too-long", message, hint: "say it in fewer words, or in several rules" };
    }
    default: {
      const written = tree.written(instancePath);
      const spelling = tree.spelling(instancePath);
      return explainField({ name, value, schema, written, spelling, isOptional: false });
    }
  }
}

function unknownField(name: string, known: readonly string[]): Explanation {
  const meant = didYouMean(name, known, SYNONYMS);
  const hint = meant === undefined ? `the fields here are ${known.join(", ")}` : `did you mean \`${meant}\`?`;
  return { code: "unknown-field", message: `there is no field \`${printable(name, 100)}\``, hint };
}

function missingField(missing: string, field: string, schema: FieldSchema): Explanation {
  const { examples, const: only } = schema.properties?.[missing] ?? {};
  const example = examples?.[0] ?? only;
  const hint =
    example === undefined
      ? `add \`${missing}:\``
      : `add it, for example \`${missing}: ${typeof example === "string" ? example : JSON.stringify(example)}\``;
  return { code: "missing-field", message: `\`${missing}\` is missing in ${field}`, hint };
}

/** The only value that can be one of two kinds. */
function wrongEffect(value: unknown): Explanation {
  const message = "`then` must be deny, warn or { approve: … }";
  const [written = ""] =
    typeof value === "string"
      ? [value]
      : typeof value === "object" && value !== null
        ? Object.keys(value)
        : [];
  const meant = didYouMean(written, EFFECTS, EFFECT_SYNONYMS);
  const asked = "write it like `then: { approve: finance }`, with one name of letters, digits and . _ @ / -";
  const hint =
    meant === "approve"
      ? asked
      : meant === undefined
        ? "write for example `then: deny`"
        : `did you mean ${meant}?`;
  return {
    code: "not-one-of",
    message:
      written === "" || typeof value !== "string"
        ? message
        : `\`then\` is ${quoted(value)}, but must be deny, warn or { approve: … }`,
    hint,
  };
}

/** From the rule or the case on; empty for the file. */
function nameOf(pointer: string): string {
  const [list, index, ...rest] = pointer.split("/").slice(1);
  return list === undefined
    ? ""
    : index === undefined
      ? list
      : rest.length === 0
        ? `${list}.${index}`
        : rest.join(".");
}

function shownName(pointer: string): string {
  const parts = pointer.split("/").slice(1);
  if (pointer === "") return "the file";
  if (parts.length === 2) return parts[0] === "rules" ? "this rule" : "this case";
  return `\`${printable(nameOf(pointer), 100)}\``;
}

function valueAt(value: unknown, pointer: string): unknown {
  let found = value;
  for (const part of pointer.split("/").slice(1)) {
    if (typeof found !== "object" || found === null) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[part];
  }
  return found;
}

/** The schema of the object or value at an error with this `schemaPath`. */
function schemaAt(schemaPath: string): FieldSchema {
  let found: unknown = policyFileSchema();
  for (const part of schemaPath.split("/").slice(1, -1)) {
    found = (found as Record<string, unknown> | undefined)?.[
      part.replaceAll("~1", "/").replaceAll("~0", "~")
    ];
  }
  return (found ?? {}) as FieldSchema;
}
