// Compiles the part of CEL that can be evaluated in a moment, whoever wrote it: expressions read, compare and search
// lists. Everything that makes texts or lists grow, nested loops and regular expressions are refused when the file is
// read, so the cost of evaluating is bounded by the size of the expression and of the lists.
import { type ASTNode, Environment } from "@marcbachmann/cel-js";
import { didYouMean } from "../text/index.ts";
import { MOST_CHARACTERS } from "./policy-file.ts";
import { VARIABLES } from "./variables.ts";

export type Subject = "entry" | "change" | "plan";

export interface Expression {
  /** @throws Error when CEL does, such as for a feature that is not in a map */
  readonly holds: (values: Readonly<Record<string, unknown>>) => boolean;
}

/** What is wrong with an expression, and at which character, from 0. */
export interface ExpressionProblem {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly offset: number;
}

const LIMITS = {
  maxAstNodes: 300,
  maxDepth: 40,
  maxListElements: 100,
  maxMapEntries: 0,
  maxCallArguments: 4,
};

/** Macros that loop over a list, and never create a larger one. */
const LOOPS = new Set(["all", "exists", "exists_one", "filter"]);
const FUNCTIONS = new Set([
  "size",
  "startsWith",
  "endsWith",
  "contains",
  "lowerAscii",
  "int",
  "double",
  "has",
]);

const variablesOf: Readonly<Record<Subject, readonly (keyof typeof VARIABLES)[]>> = {
  entry: ["entry", "plan"],
  change: ["entry", "change", "before", "plan"],
  plan: ["plan"],
};

const environments = new Map<Subject, Environment>();

function environmentOf(subject: Subject): Environment {
  const made = environments.get(subject) ?? new Environment({ limits: LIMITS });
  if (environments.has(subject)) return made;
  for (const name of variablesOf[subject]) made.registerVariable({ name, schema: { ...VARIABLES[name] } });
  made.registerVariable("teams", "list<string>");
  environments.set(subject, made);
  return made;
}

/** Compiles an expression, and finds every type error in it. Evaluates nothing. */
export function compile(text: string, subject: Subject): Expression | ExpressionProblem {
  if (text.length > MOST_CHARACTERS) {
    const message = `the expression has ${text.length} characters, and at most ${MOST_CHARACTERS} are read`;
    return { code: "cel-too-large", message, hint: "make several rules of it", offset: 0 };
  }
  const environment = environmentOf(subject);
  try {
    const parsed = environment.parse(text);
    const refused = refusedIn(parsed.ast, 0);
    if (refused !== undefined) return refused;
    const checked = parsed.check();
    if (!checked.valid) return problemOf(checked.error, subject);
    if (checked.type !== "bool") {
      const message = `the expression is of type ${checked.type}, but must be true or false`;
      return { code: "cel-not-bool", message, hint: "compare it with something, such as > 100.0", offset: 0 };
    }
    return { holds: (values) => parsed(values) === true };
  } catch (error) {
    return problemOf(error, subject);
  }
}

const isNode = (value: unknown): value is ASTNode =>
  typeof value === "object" && value !== null && "op" in value && "args" in value;

/** The first thing in a syntax tree that is not allowed. @param loops how many loops the node is in */
function refusedIn(node: ASTNode, loops: number): ExpressionProblem | undefined {
  const { op, args } = node as { op: string; args: unknown };
  let inner = loops;
  const offset = node.start ?? 0;
  if (op === "call" || op === "rcall") {
    const called = String((args as unknown[])[0]);
    if (LOOPS.has(called)) inner += 1;
    else if (!FUNCTIONS.has(called)) return notAvailable(called, offset);
    if (inner > 1) {
      const message = `\`${called}\` stands in another loop, which could take for ever`;
      return { code: "cel-not-available", message, hint: "go through one list in an expression", offset };
    }
  }
  if (op === "+" && loops > 0) {
    const message = "`+` stands in a loop, where texts and lists could grow without end";
    return { code: "cel-not-available", message, hint: "add outside of it", offset };
  }
  for (const child of childrenOf(args)) {
    const refused = refusedIn(child, inner);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

const childrenOf = (args: unknown): ASTNode[] =>
  isNode(args) ? [args] : Array.isArray(args) ? args.flatMap(childrenOf) : [];

function notAvailable(called: string, offset: number): ExpressionProblem {
  const known = [...FUNCTIONS, ...LOOPS];
  const hint =
    called === "matches"
      ? "there are no regular expressions here: use startsWith, endsWith or contains"
      : `there are ${known.join(", ")}`;
  return { code: "cel-not-available", message: `policies have no \`${called.slice(0, 40)}\``, hint, offset };
}

interface CelError {
  readonly summary?: string;
  readonly message?: string;
  readonly range?: { readonly start: number };
}

function problemOf(thrown: unknown, subject: Subject): ExpressionProblem {
  const { summary, message, range } = (thrown ?? {}) as CelError;
  const said = summary ?? message?.split("\n")[0] ?? "it cannot be read";
  return {
    code: "cel-error",
    message: `the expression is not right: ${said.slice(0, 300)}`,
    hint: hintFor(said, subject),
    offset: Math.max(0, range?.start ?? 0),
  };
}

function hintFor(said: string, subject: Subject): string {
  if (/overload: (?:double . int|int . double|double .. int|int .. double)/.test(said)) {
    return "amounts have decimals: write 5.0 instead of 5";
  }
  const [, unknown] = /(?:No such key|Unknown variable): (\w+)/.exec(said) ?? [];
  const names = variablesOf[subject];
  if (unknown !== undefined) {
    const fields = names.flatMap((name) => Object.keys(VARIABLES[name]));
    const meant = didYouMean(unknown, [...new Set([...names, "teams", ...fields])]);
    if (meant !== undefined) return `did you mean ${meant}?`;
  }
  return `it can look at ${[...names, "teams"].join(", ")}; docs/policies.md lists their fields`;
}
