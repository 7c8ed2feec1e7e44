// Whether the secret key is in what is synthesized: as it is, in a function, as the default of a variable, in a local.
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";

/** Autumn's keys, whatever is around them. What only shows their form ends in something else. */
const KEY = /am_sk_(?:test|live)_\w{6}/;
/** One expression, such as `${var.autumn_secret_key}`, and nothing beside it. */
const EXPRESSION = /^\$\{([^{}]+)\}$/;
/** A text within an expression. */
const LITERAL = /"(?:[^"\\]|\\.)*"/g;
/** What an expression takes its value from: `var.key`, `data.aws_ssm_parameter.key.value`. */
const REFERENCE = /\b[A-Za-z_][\w-]*\.[A-Za-z_]/;
/** Functions that read what is nowhere in the configuration. */
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
  // The stacks of other providers are looked at for those.
  const others = stacks.filter((one) => one !== own && !one.node.findAll().some(isProvider));
  return [own, ...others].some((stack) => isWrittenIn(stack.toTerraform()));
}

function isWrittenIn(stack: Synthesized): boolean {
  const text = JSON.stringify(stack);
  const key = process.env.AUTUMN_SECRET_KEY?.trim() ?? "";
  if (KEY.test(text) || (key.length >= 8 && text.includes(JSON.stringify(key).slice(1, -1)))) return true;
  return (stack.provider?.autumn ?? []).some(({ secret_key: value }) => isWritten(value, stack, new Set()));
}

/** Whether a value is all there, without anything that is known only when Terraform runs. */
function isWritten(value: unknown, stack: Synthesized, seen: Set<string>): boolean {
  if (value === undefined || value === null || value === "") return false;
  const expression = typeof value === "string" ? EXPRESSION.exec(value)?.[1] : undefined;
  if (expression === undefined) return true;
  const code = expression.replaceAll(LITERAL, '""');
  const named = [...code.matchAll(/\b(var|local)\.([A-Za-z_][\w-]*)/g)];
  for (const [name, kind, of = ""] of named) {
    if (seen.has(name)) continue;
    seen.add(name);
    const found = kind === "var" ? stack.variable?.[of]?.default : stack.locals?.[of];
    if (isWritten(found, stack, seen)) return true;
  }
  return !REFERENCE.test(code) && !READS.test(code);
}
