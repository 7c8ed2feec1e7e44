// Explains JSON Schema errors of a policy file in plain words, each at its place.
import type { Tree } from "../config/index.ts";
import type { Problem, SchemaError } from "../schema/index.ts";
import { didYouMean, printable } from "../text/index.ts";
import { policyFileSchema } from "./policy-file.ts";

type Schema = {
  readonly [keyword: string]: unknown;
  readonly properties?: Readonly<Record<string, unknown>>;
};

/** Errors that only repeat another one: in branches of `then:`, and of conditions in a balance. */
const isEcho = ({ keyword, schemaPath }: SchemaError): boolean =>
  keyword === "if" || /\/anyOf\/\d+\//.test(schemaPath);

export function explainSchema(errors: readonly SchemaError[], tree: Tree): Problem[] {
  return errors.flatMap((error) => {
    if (isEcho(error) || tree.hasComplaint(error.instancePath)) return [];
    const isName = error.keyword === "additionalProperties";
    const pointer = isName
      ? `${error.instancePath}/${escaped(String(error.params.additionalProperty))}`
      : error.instancePath;
    const place = isName ? tree.placeOfName(pointer) : tree.placeOfValue(pointer);
    return [{ ...explanation(error, tree), ...(place === undefined ? {} : { place }), pointer }];
  });
}

const escaped = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

function explanation(error: SchemaError, tree: Tree): Pick<Problem, "code" | "message" | "hint"> {
  const { keyword, params, instancePath, schemaPath } = error;
  const field = printable(nameOf(instancePath), 100);
  const schema = schemaAt(schemaPath);
  const example = Array.isArray(schema.examples) ? JSON.stringify(schema.examples[0]) : undefined;
  const hint = example === undefined ? {} : { hint: `for example ${example}` };
  switch (keyword) {
    case "additionalProperties": {
      const name = String(params.additionalProperty);
      const known = Object.keys(schema.properties ?? {});
      const meant = didYouMean(name, known);
      const way =
        meant === undefined ? `the fields here are ${known.join(", ")}` : `did you mean \`${meant}\`?`;
      return { code: "unknown-field", message: `there is no field \`${printable(name, 100)}\``, hint: way };
    }
    case "required":
      return {
        code: "missing-field",
        message: `\`${String(params.missingProperty)}\` is missing in ${field}`,
        ...hint,
      };
    case "enum":
    case "const": {
      const choices = keyword === "enum" ? (params.allowedValues as unknown[]) : [params.allowedValue];
      return { code: "not-one-of", message: `${field} must be one of ${choices.join(", ")}`, ...hint };
    }
    case "anyOf":
      return { code: "not-one-of", message: `${field} must be deny, warn or { approve: … }`, ...hint };
    case "pattern":
      return { code: "bad-name", message: `${field} may have letters, digits and . _ @ / - only`, ...hint };
    case "type":
      return { code: "wrong-type", message: `${field} must be of type ${String(params.type)}`, ...hint };
    default: {
      const written = tree.written(instancePath);
      const is = written === undefined ? "" : ` is ${printable(written, 60)}, which`;
      return {
        code: "not-allowed",
        message: `${field}${is} is not allowed: it ${error.message ?? keyword}`,
        ...hint,
      };
    }
  }
}

function nameOf(pointer: string): string {
  const parts = pointer.split("/").slice(1);
  const [list, index, ...rest] = parts;
  if (list === undefined) return "the file";
  if (index === undefined) return `\`${list}\``;
  const what = list === "rules" ? "this rule" : list === "cases" ? "this case" : list;
  return rest.length === 0 ? what : `\`${rest.join(".")}\``;
}

/** The schema of the object or value at an error with this `schemaPath`. */
function schemaAt(schemaPath: string): Schema {
  let found: unknown = policyFileSchema();
  for (const part of schemaPath.split("/").slice(1, -1)) {
    found = (found as Record<string, unknown> | undefined)?.[
      part.replaceAll("~1", "/").replaceAll("~0", "~")
    ];
  }
  return (found ?? {}) as Schema;
}
