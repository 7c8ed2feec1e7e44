// The definition of a policy file, and its published JSON Schema.
import { type BalanceEntry, balancesFileSchema, type JsonSchema } from "../schema/index.ts";

/** The only format so far. */
const POLICY_VERSION = 1;

/** What happens to a plan when a rule applies. */
export type WrittenEffect = "deny" | "warn" | { approve: string };

/** Rules with built-in conditions. */
export const READY_RULES = [
  "must_expire",
  "must_have_reason",
  "at_most",
  "no_unlimited",
  "live_only_in",
] as const;
export type ReadyRuleName = (typeof READY_RULES)[number];

export interface WrittenRule {
  name: string;
  /** What the expression is evaluated for. */
  on?: "entry" | "change" | "plan";
  /** CEL: whether the rule applies. */
  when?: string;
  use?: ReadyRuleName;
  /** CEL over an entry: limits a ready rule to these entries. */
  where?: string;
  /** Of `at_most`. */
  feature?: string;
  /** Of `at_most`. */
  units?: number;
  /** Of `must_expire`. */
  within_days?: number;
  /** Of `live_only_in`. */
  folders?: string[];
  then: WrittenEffect;
  message?: string;
}

/** A test of the rules: entries before and after, and the rules that should apply. */
export interface WrittenCase {
  name: string;
  was?: BalanceEntry[];
  entries?: BalanceEntry[];
  /** The file that the entries are taken to be in. */
  file?: string;
  environment?: "sandbox" | "live";
  teams?: string[];
  expect: string[];
}

export interface WrittenPolicy {
  $schema?: string;
  version: typeof POLICY_VERSION;
  rules: WrittenRule[];
  cases?: WrittenCase[];
}

/**
 * The pattern of names of rules and approvers, which are safe wherever they are shown, even in the shell of a pipeline.
 */
export const NAME_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._@/-]{0,63}$";
const MOST_RULES = 100;
const MOST_CASES = 1000;
/** The most characters of one expression. */
export const MOST_CHARACTERS = 2000;

const name = (description: string, example: string): JsonSchema => ({
  type: "string",
  pattern: NAME_PATTERN,
  description,
  examples: [example],
});

const expression = (description: string, example: string): JsonSchema => ({
  type: "string",
  minLength: 1,
  maxLength: MOST_CHARACTERS,
  description,
  examples: [example],
});

const strings = (description: string, examples: string[], minItems = 0): JsonSchema => ({
  type: "array",
  ...(minItems === 0 ? {} : { minItems }),
  maxItems: 100,
  items: { type: "string", minLength: 1, maxLength: 200 },
  description,
  examples: [examples],
});

const ruleSchema: JsonSchema = {
  type: "object",
  description: "One rule: what it applies to, and what happens then.",
  required: ["name", "then"],
  additionalProperties: false,
  properties: {
    name: name("The rule's name in reports. Must be unique.", "large-grants"),
    on: {
      enum: ["entry", "change", "plan"],
      description:
        "What `when` is evaluated for: each new or changed entry, each change, or the plan as a whole.",
      examples: ["change"],
    },
    when: expression("CEL: the rule applies if this is true.", "change.granted > 100000.0"),
    use: {
      enum: READY_RULES,
      description: "A ready rule, instead of `on` and `when`.",
      examples: ["must_expire"],
    },
    where: expression(
      "CEL over an entry: a ready rule applies only to entries for which this is true.",
      'entry.feature_id == "credits"',
    ),
    feature: {
      type: "string",
      minLength: 1,
      maxLength: 500,
      description: "For `at_most`: the feature.",
      examples: ["credits"],
    },
    units: {
      type: "number",
      minimum: 0,
      description: "For `at_most`: the most units for one customer.",
      examples: [5000],
    },
    within_days: {
      type: "number",
      exclusiveMinimum: 0,
      description: "For `must_expire`: within how many days.",
      examples: [90],
    },
    folders: strings(
      "For `live_only_in`: folders, relative to the root of the repository.",
      ["contracts"],
      1,
    ),
    // biome-ignore lint/suspicious/noThenProperty: a field of the file
    then: {
      anyOf: [
        { enum: ["deny", "warn"] },
        {
          type: "object",
          required: ["approve"],
          additionalProperties: false,
          properties: { approve: name("Who has to approve the plan.", "finance") },
        },
      ],
      description: "`deny` refuses the plan, `warn` warns, `{ approve: finance }` asks for an approval.",
      examples: ["deny"],
    },
    message: {
      type: "string",
      minLength: 1,
      maxLength: 500,
      description: "What the rule says; by default, what it found.",
      examples: ["finance sees grants over 100,000 units"],
    },
  },
};

const caseSchema: JsonSchema = {
  type: "object",
  description: "A case that `policy test` tries the rules on.",
  required: ["name", "expect"],
  additionalProperties: false,
  properties: {
    name: { type: "string", minLength: 1, maxLength: 200, description: "What the case is about." },
    was: {
      type: "array",
      maxItems: 1000,
      items: { $ref: "#/$defs/balance" },
      description: "The entries before.",
    },
    entries: {
      type: "array",
      maxItems: 1000,
      items: { $ref: "#/$defs/balance" },
      description: "The entries now, written as in a balances file.",
    },
    file: {
      type: "string",
      minLength: 1,
      maxLength: 500,
      description: "The file that the entries are taken to be in.",
    },
    environment: {
      enum: ["sandbox", "live"],
      description: "The environment of the key; by default, sandbox.",
    },
    teams: strings("The author's teams.", ["sales"]),
    expect: {
      type: "array",
      items: { type: "string" },
      description: "The names of the rules that should apply; `[]` for none.",
      examples: [["large-grants"]],
    },
  },
};

/** The JSON Schema of a policy file, as published in `schema/policy.schema.json`. */
export function policyFileSchema(): JsonSchema {
  const balances = balancesFileSchema() as { $defs: { balance: JsonSchema } };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:autumn-balances:policy:v1",
    $comment: "Generated from src/policy by `npm run generate`. Do not edit.",
    title: "Autumn balances policy",
    description: "What may be granted to whom, and who has to approve it, for autumn-balances.",
    type: "object",
    required: ["version", "rules"],
    additionalProperties: false,
    properties: {
      $schema: { type: "string", description: "Where editors find this schema." },
      version: { const: POLICY_VERSION, description: "The version of this file format." },
      rules: {
        type: "array",
        maxItems: MOST_RULES,
        items: { $ref: "#/$defs/rule" },
        description: "The rules, in any order; all of them are evaluated.",
      },
      cases: {
        type: "array",
        maxItems: MOST_CASES,
        items: { $ref: "#/$defs/case" },
        description: "Tests of the rules, run by `autumn-balances policy test`.",
      },
    },
    $defs: { rule: ruleSchema, case: caseSchema, balance: balances.$defs.balance },
  };
}
