// The one definition of a balance: the fields of Autumn's CreateBalanceParams, those that today's API added, and our
// own. Types, JSON Schema and the Terraform schema are derived from it.
import type { Fields, WrittenObject } from "./field.ts";

/** Intervals after which a balance is granted again, shortest first; `one_off` never resets. */
export const INTERVALS = [
  "one_off",
  "minute",
  "hour",
  "day",
  "week",
  "month",
  "quarter",
  "semi_annual",
  "year",
] as const;

/** The pattern of ids: not empty, no control characters, no space at either end. */
export const ID_PATTERN = "^(?!\\s)[^\\p{Cc}\\p{Cs}\\u2028\\u2029]+(?<!\\s)$";
/** The pattern of keys. They may not end like a later generation (`~2`, `~3` …), or two balances could share a row. */
export const KEY_PATTERN = "^(?!\\s)(?!.*~\\d+$)[^\\p{Cc}\\p{Cs}\\u2028\\u2029]+(?<!\\s)$";

/** Beyond this, numbers are no longer exact in JSON or JavaScript. */
const LARGEST_AMOUNT = Number.MAX_SAFE_INTEGER;

const included = {
  type: "number",
  exclusiveMinimum: 0,
  maximum: LARGEST_AMOUNT,
} as const;

export const balanceFields = {
  customer_id: {
    type: "string",
    pattern: ID_PATTERN,
    required: true,
    description: "The customer who is granted the balance.",
    examples: ["acme"],
  },
  feature_id: {
    type: "string",
    pattern: ID_PATTERN,
    required: true,
    description:
      "The feature that is granted. Its type decides whether `included` or `unlimited` is needed (metered, credit system) or refused (boolean).",
    examples: ["api_calls"],
  },
  entity_id: {
    type: "string",
    pattern: ID_PATTERN,
    description:
      "The customer's entity (a seat, a workspace) that holds the balance; by default, the customer as a whole.",
    examples: ["seat_42"],
  },
  included: {
    ...included,
    description: "How many units are granted; with `reset`, how many at each reset.",
    examples: [50000],
  },
  included_grant: {
    ...included,
    description: "The API's name for `included`. Write only one of the two.",
    examples: [50000],
  },
  unlimited: {
    type: "boolean",
    default: false,
    description: "Grant without a limit. Excludes `included`, `reset` and `rollover`.",
  },
  reset: {
    type: "object",
    description: "How often the grant is renewed. Without `reset`, it is granted once.",
    examples: [{ interval: "month" }],
    fields: {
      interval: {
        type: "string",
        enum: INTERVALS,
        required: true,
        description: "How long a cycle is. `one_off` is the same as leaving `reset` out.",
        examples: ["month"],
      },
      interval_count: {
        type: "integer",
        minimum: 1,
        maximum: 1000,
        default: 1,
        description: "How many intervals make one cycle: 2 with `month` resets every other month.",
        examples: [2],
      },
    },
  },
  expires_at: {
    type: "instant",
    description:
      "When the balance ends: RFC 3339 (`2027-01-31T00:00:00Z`) or milliseconds since 1970. Excludes `reset`.",
    examples: ["2027-01-31T00:00:00Z"],
  },
  rollover: {
    type: "object",
    description: "Carries units that are left at a reset into the next cycles. Needs a `reset`.",
    examples: [{ max: 10000, length: 1, duration: "month" }],
    fields: {
      max: {
        type: "number",
        exclusiveMinimum: 0,
        maximum: LARGEST_AMOUNT,
        description: "The most units that are carried over; by default, all.",
        examples: [10000],
      },
      max_percentage: {
        type: "number",
        exclusiveMinimum: 0,
        maximum: 100,
        description: "The most that is carried over, as a percentage of the grant.",
        examples: [50],
      },
      length: {
        type: "integer",
        minimum: 1,
        maximum: 1000,
        default: 1,
        description: "How many months carried units last, with `duration: month`.",
        examples: [1],
      },
      duration: {
        type: "string",
        enum: ["month", "forever"],
        required: true,
        description: "How long carried units last: `length` months, or forever.",
        examples: ["month"],
      },
    },
  },
  next_reset_at: {
    type: "instant",
    description:
      "The first reset, if it is not one interval after the grant. Used only when the balance is created. Needs a `reset`.",
    examples: ["2027-02-01T00:00:00Z"],
  },
  id: {
    type: "string",
    pattern: KEY_PATTERN,
    description:
      "The name of this balance, unique among the customer's. Default: the feature's id, followed by `@` and the entity's id if there is one.",
    examples: ["contract-2027"],
  },
  adopt: {
    type: "string",
    pattern: ID_PATTERN,
    description: "The balance_id of an existing balance, which is taken over instead of granting another.",
    examples: ["black-friday-credits"],
  },
} as const satisfies Fields;

/**
 * One line of text for people: not empty, no control characters, no space at either end. The pattern limits its length.
 */
const lineOf = (most: number) =>
  ({ type: "string", pattern: ID_PATTERN.replace("]+", `]{1,${most}}`) }) as const;

/** Why a balance exists and who owns it. Never sent to Autumn; shown in every report. */
export const noteFields = {
  reason: {
    ...lineOf(500),
    description: "Why the customer has this balance. Shown in every report, never sent to Autumn.",
    examples: ["Renewal of the yearly contract"],
  },
  ticket: {
    ...lineOf(500),
    description: "Where this was decided: a ticket's id or URL. Never sent to Autumn.",
    examples: ["FIN-1042"],
  },
  owner: {
    ...lineOf(200),
    description: "Who is responsible for this balance: a person or a team. Never sent to Autumn.",
    examples: ["finance"],
  },
} as const satisfies Fields;

/** A flag that guards a balance. */
const protectedField = {
  type: "boolean",
  default: false,
  description:
    "Refuse to delete, cut or replace this balance, even with `--force`. To do so, first remove `protected` in a separate change.",
} as const;

const startsAt = {
  type: "instant",
  description:
    "When the entry takes effect. Until then, plans list it as scheduled and nothing is granted; the first apply after that grants it.",
  examples: ["2027-01-01T00:00:00Z"],
} as const;

const { included: includedField, included_grant, unlimited, reset, rollover } = balanceFields;

/** The fields of one phase of a balance that changes over time. */
export const phaseFields = {
  starts_at: {
    ...startsAt,
    description:
      "When the phase starts; by default, when the one before it ends. Without it, a first phase has no start.",
  },
  ends_at: {
    ...startsAt,
    description:
      "When the phase ends; by default, when the next one starts. Without it, a last phase has no end.",
  },
  included: includedField,
  included_grant,
  unlimited,
  reset,
  rollover,
} as const satisfies Fields;

/** Fields about protection and time. Never sent to Autumn. */
const fileFields = {
  protected: protectedField,
  starts_at: startsAt,
  phases: {
    type: "list",
    maxItems: 100,
    fields: phaseFields,
    description:
      "The periods of a balance that changes over time, in order. The current one is applied as if its fields stood in the entry; usage carries over from phase to phase.",
    examples: [[{ included: 1000, ends_at: "2027-01-01T00:00:00Z" }, { included: 2000 }]],
  },
  gaps: {
    type: "string",
    enum: ["refused", "allowed"],
    default: "refused",
    description: "Whether there may be gaps between `phases`, in which nothing is granted.",
    examples: ["allowed"],
  },
} as const satisfies Fields;

/** All fields of an entry. */
export const entryFields = { ...balanceFields, ...noteFields, ...fileFields } as const satisfies Fields;

/** The fields that `defaults:` of a file may set: none that tells balances apart, and no amount. */
export const defaultFields = {
  reset: balanceFields.reset,
  starts_at: startsAt,
  expires_at: balanceFields.expires_at,
  protected: protectedField,
  ...noteFields,
} as const satisfies Fields;

/** One entry of `balances:` as it is written, in the API's snake_case. */
export type BalanceEntry = WrittenObject<typeof entryFields>;

/** `defaults:` of a file as it is written. */
export type BalanceDefaults = WrittenObject<typeof defaultFields>;

export type BalanceFieldName = keyof typeof balanceFields;

/** Which fields exclude or need each other. `resets` means "has a `reset` whose interval is not one_off". */
export interface BalanceRule {
  readonly id: string;
  readonly when:
    | "unlimited"
    | "resets"
    | "doesNotReset"
    | "included"
    | "one_off"
    | "max"
    | "forever"
    | "phases"
    | "noPhases";
  /** Fields that are not allowed then, as paths from the entry. */
  readonly refuses: readonly (readonly string[])[];
  /** The message about a refused field `{field}`. */
  readonly message: string;
  readonly hint: string;
}

export const balanceRules = [
  {
    id: "unlimited-is-alone",
    when: "unlimited",
    refuses: [["included"], ["included_grant"], ["reset"], ["rollover"]],
    message: "`{field}` makes no sense together with `unlimited: true`",
    hint: "remove one of the two",
  },
  {
    id: "one-name-for-the-grant",
    when: "included",
    refuses: [["included_grant"]],
    message: "`included` and `included_grant` are the same thing",
    hint: "keep `included`",
  },
  {
    id: "expires-or-resets",
    when: "resets",
    refuses: [["expires_at"]],
    message: "a balance that resets cannot have `expires_at`: Autumn takes both and then never resets it",
    hint: "remove `expires_at` or `reset`",
  },
  {
    id: "needs-a-reset",
    when: "doesNotReset",
    refuses: [["rollover"], ["next_reset_at"]],
    message: "`{field}` needs a `reset` with an interval other than one_off",
    hint: "add a `reset`, for example `reset: { interval: month }`, or remove `{field}`",
  },
  {
    id: "one-off-has-no-count",
    when: "one_off",
    refuses: [["reset", "interval_count"]],
    message: "`interval_count` makes no sense with the interval one_off",
    hint: "remove `interval_count`",
  },
  {
    id: "one-rollover-limit",
    when: "max",
    refuses: [["rollover", "max_percentage"]],
    message: "`max` and `max_percentage` exclude each other",
    hint: "remove one of the two",
  },
  {
    id: "forever-has-no-length",
    when: "forever",
    refuses: [["rollover", "length"]],
    message: "`length` makes no sense with the duration forever",
    hint: "remove `length`",
  },
  {
    id: "phases-say-it",
    when: "phases",
    refuses: [
      ["included"],
      ["included_grant"],
      ["unlimited"],
      ["reset"],
      ["rollover"],
      ["starts_at"],
      ["expires_at"],
    ],
    message: "with `phases`, `{field}` is said by each of them",
    hint: "move `{field}` into the phases, where the end is called `ends_at`, or remove it",
  },
  {
    id: "gaps-of-phases",
    when: "noPhases",
    refuses: [["gaps"]],
    message: "`gaps` makes no sense without `phases`",
    hint: "remove `gaps`",
  },
  {
    id: "no-first-reset-of-phases",
    when: "phases",
    refuses: [["next_reset_at"]],
    message: "`next_reset_at` makes no sense together with `phases`",
    hint: "remove `next_reset_at`: the first reset is one interval after the grant",
  },
] as const satisfies readonly BalanceRule[];
