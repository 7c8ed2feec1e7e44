// Whether the secret key is in what is synthesized: as it is, in a function, as the default of a variable, in a local.
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";

/** Autumn's keys, whatever is around them. Examples such as `am_sk_test_…` do not match. */
const KEY = /am_sk_(?:test|live)_\w{6}/;
/** One expression, such as `${var.autumn_secret_key}`, and nothing beside it. */
const EXPRESSION = /^\$\{([^{}]+)\}$/;
/** A text within an expression. */
const LITERAL = /"(?:[^"\\]|\\.)*"/g;
/** A reference, from which an expression takes its value: `var.key`, `data.aws_ssm_parameter.key.value`. */
const REFERENCE = /\b[A-Za-z_][\w-]*\.[A-Za-z_]/;
/** Functions whose value is that of one of their arguments, and operators that choose between values. */
const CHOICES = new Set(["", "coalesce", "nonsensitive", "sensitive", "tostring", "trimspace", "try"]);
/** Functions that read what is not in the configuration. */
const READS = /\b(?:file|filebase64|templatefile)\s*\(/;

interface Synthesized {
  readonly provider?: { readonly autumn?: readonly { readonly secret_key?: unknown }[] };
  readonly variable?: Readonly<Record<string, { readonly default?: unknown }>>;
  readonly locals?: Readonly<Record<string, unknown>>;
}

/** Whether a secret key is written in the stack of a provider, or in one that has none. */
export function writesSecret(provider: Construct, isProvider: (one: unknown) => boolean): boolean {
  const own = TerraformStack.of(provider);
  const stacks = provider.node.root.node.findAll().filter((one) => TerraformStack.isStack(one));
  // Stacks that have a provider are checked for that one.
  const others = stacks.filter((one) => one !== own && !one.node.findAll().some(isProvider));
  return [own, ...others].some((stack) => isWrittenIn(stack.toTerraform()));
}

function isWrittenIn(stack: Synthesized): boolean {
  const text = JSON.stringify(stack);
  const key = process.env.AUTUMN_SECRET_KEY?.trim() ?? "";
  if (KEY.test(text) || (key.length >= 8 && text.includes(JSON.stringify(key).slice(1, -1)))) return true;
  return (stack.provider?.autumn ?? []).some(({ secret_key: value }) => isWritten(value, stack, new Set()));
}

/** Whether a value is written in full, without anything that is known only when Terraform runs. */
function isWritten(value: unknown, stack: Synthesized, seen: Set<string>): boolean {
  if (value === undefined || value === null || value === "") return false;
  const expression = typeof value === "string" ? EXPRESSION.exec(value)?.[1] : undefined;
  if (expression === undefined) return true;
  // Of a literal it only matters whether it is empty.
  const code = expression.replaceAll(LITERAL, (literal) => (literal === '""' ? literal : '"x"'));
  const named = [...code.matchAll(/\b(var|local)\.([A-Za-z_][\w-]*)/g)];
  for (const [name, kind, of = ""] of named) {
    if (seen.has(name)) continue;
    seen.add(name);
    const found = kind === "var" ? stack.variable?.[of]?.default : stack.locals?.[of];
    if (isWritten(found, stack, seen)) return true;
  }
  return (
    isLiteral(code) || alternatives(code).some((one) => one !== '""' && one !== "null" && isLiteral(one))
  );
}

/** Whether all of the expression is known before Terraform runs. */
const isLiteral = (code: string): boolean => !REFERENCE.test(code) && !READS.test(code);

/**
 * The values that an expression can have: `coalesce(var.key, base64decode("x"))` has both. @param code with its
 * literals replaced
 */
function alternatives(code: string): string[] {
  const parts = topLevel(code, "?:");
  // The part before the question mark is the condition, and no value.
  if (parts.length > 1) return parts.slice(1).flatMap(alternatives);
  const [, name = "", inner] = /^(\w*)\((.*)\)$/s.exec(code.trim()) ?? [];
  if (inner === undefined || !isOneGroup(inner)) return [code.trim()];
  // The last argument is the default for the value that is looked up.
  if (name === "lookup") return topLevel(inner, ",").slice(2).flatMap(alternatives);
  return CHOICES.has(name) ? topLevel(inner, ",").flatMap(alternatives) : [code.trim()];
}

/** Whether every bracket that is closed in it is opened in it. */
function isOneGroup(code: string): boolean {
  let depth = 0;
  for (const character of code) {
    depth += depthOf(character);
    if (depth < 0) return false;
  }
  return true;
}

/** Splits at separators outside of brackets. */
function topLevel(code: string, separators: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const character of code) {
    depth += depthOf(character);
    if (depth === 0 && separators.includes(character)) parts.push("");
    else parts.push(`${parts.pop()}${character}`);
  }
  return parts;
}

const depthOf = (character: string): number =>
  "([".includes(character) ? 1 : ")]".includes(character) ? -1 : 0;
