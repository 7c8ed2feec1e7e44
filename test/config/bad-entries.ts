// Entries that are wrong, with what is said of each. Other rooms check their own complaints against this table.

export interface BadEntry {
  readonly name: string;
  /** YAML of one entry, from its first line on. */
  readonly entry: string;
  /** All that is wrong, in the order of the text. */
  readonly problems: readonly {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
    /** From the entry on; left out where the entry as a whole is meant. */
    readonly pointer?: string;
  }[];
}

/** The file in which the messages say that an entry stands. */
export const BAD_ENTRY_FILE = "balances.yaml";

/** A file that has one entry, which starts at 4:5. */
export const fileWith = (entry: string): string =>
  `version: 1\nnamespace: contracts\nbalances:\n  - ${entry.replaceAll("\n", "\n    ")}\n`;

/** A good entry, and one more line. */
const acmeWith = (line: string): string => `customer_id: acme\nfeature_id: api_calls\n${line}`;

const OTHER_FIELDS =
  "the fields here are `customer_id`, `feature_id`, `entity_id`, `included`, `included_grant`, `unlimited`, `reset`, `expires_at`, `rollover`, `next_reset_at`, `id`, `adopt`, `reason`, `ticket`, `owner`, `protected`, `starts_at`, `phases`, `gaps`";

export const badEntries: readonly BadEntry[] = [
  {
    name: "a number where an id is expected",
    entry: "customer_id: 0123\nfeature_id: api_calls",
    problems: [
      {
        code: "not-text",
        message: "`customer_id` is the number 0123, but must be text",
        hint: 'quote it: `customer_id: "0123"`',
        pointer: "/customer_id",
      },
    ],
  },
  {
    name: "a boolean where an id is expected",
    entry: "customer_id: acme\nfeature_id: true",
    problems: [
      {
        code: "not-text",
        message: "`feature_id` is `true`, but must be text",
        hint: 'quote it: `feature_id: "true"`',
        pointer: "/feature_id",
      },
    ],
  },
  {
    name: "a list where an id is expected",
    entry: "customer_id: [acme]\nfeature_id: api_calls",
    problems: [
      {
        code: "not-text",
        message: "`customer_id` is a list, but must be text",
        hint: "write text, such as an id",
        pointer: "/customer_id",
      },
    ],
  },
  {
    name: "an empty id",
    entry: 'customer_id: ""\nfeature_id: api_calls',
    problems: [
      { code: "bad-id", message: "`customer_id` is empty", hint: "write an id", pointer: "/customer_id" },
    ],
  },
  {
    name: "an id as a block of text, which ends in a line break",
    entry: "customer_id: |\n  acme\nfeature_id: api_calls",
    problems: [
      {
        code: "bad-id",
        message: '`customer_id` is "acme\\u{a}", with a line break at its end',
        hint: "write it in one line: `customer_id: acme`, or with `|-`",
        pointer: "/customer_id",
      },
    ],
  },
  {
    name: "an id as a folded block, of what is no text on a line of its own",
    entry: "customer_id: acme\nfeature_id: api_calls\nid: >\n  12",
    problems: [
      {
        code: "bad-id",
        message: '`id` is "12\\u{a}", with a line break at its end',
        hint: 'write it in one line: `id: "12"`, or with `|-`',
        pointer: "/id",
      },
    ],
  },
  {
    name: "an id of two lines",
    entry: "customer_id: acme\nfeature_id: api_calls\nid: |-\n  two\n  lines",
    problems: [
      {
        code: "bad-id",
        message: '`id` is "two\\u{a}lines", which has a line break in it',
        hint: "write it in one line: `id: …`",
        pointer: "/id",
      },
    ],
  },
  {
    name: "an id of two lines, which ends in a line break",
    entry: "customer_id: acme\nfeature_id: api_calls\nid: |\n  two\n  lines",
    problems: [
      {
        code: "bad-id",
        message: '`id` is "two\\u{a}lines\\u{a}", with a line break at its end',
        hint: "write it in one line: `id: …`",
        pointer: "/id",
      },
    ],
  },
  {
    name: "an id of a block scalar that is indented too far",
    entry: "customer_id: |2\n    acme\nfeature_id: api_calls",
    problems: [
      {
        code: "bad-id",
        message: '`customer_id` is "  acme\\u{a}", with a space at its start',
        hint: "write it in one line: `customer_id: acme`",
        pointer: "/customer_id",
      },
    ],
  },
  {
    name: "an id of a block scalar that would not do in one line either",
    entry: acmeWith("id: |\n  topup~2"),
    problems: [
      {
        code: "bad-id",
        message: '`id` is "topup~2\\u{a}", with a line break at its end',
        hint: "write it in one line: `id: …`",
        pointer: "/id",
      },
    ],
  },
  {
    name: "a moment of a block scalar",
    entry: acmeWith("expires_at: |\n  2030-01-01T00:00:00Z"),
    problems: [
      {
        code: "bad-instant",
        message: '`expires_at` is "2030-01-01T00:00:00Z\\u{a}", with a line break at its end',
        hint: "write it in one line: `expires_at: 2030-01-01T00:00:00Z`, or with `|-`",
        pointer: "/expires_at",
      },
    ],
  },
  {
    name: "a mapping of a block scalar",
    entry: acmeWith("reset: |\n  interval: month"),
    problems: [
      {
        code: "not-a-mapping",
        message: '`reset` is "interval: month\\u{a}", but must be a mapping of fields',
        hint: "remove the `|` or `>` after `reset:`, which makes it text",
        pointer: "/reset",
      },
    ],
  },
  {
    name: "a field without a space after its colon",
    entry: "{ customer_id: acme, feature_id:api_calls, included: 5 }",
    problems: [
      {
        code: "unknown-field",
        message: "there is no field `feature_id:api_calls`",
        hint: "write a space after the colon: `feature_id: api_calls`",
        pointer: "/feature_id:api_calls",
      },
    ],
  },
  {
    name: "an amount with commas between braces",
    entry: "{ customer_id: acme, feature_id: api_calls, included: 1,000,000 }",
    problems: [
      {
        code: "name-not-text",
        message: "a comma within { } ends the number",
        hint: "write 1000000",
        pointer: "/included",
      },
    ],
  },
  {
    name: "an amount with a decimal comma between braces",
    entry: "{ customer_id: acme, feature_id: api_calls, included: 1,5 }",
    problems: [
      {
        code: "name-not-text",
        message: "a comma within { } ends the number",
        hint: "write 1.5",
        pointer: "/included",
      },
    ],
  },
  {
    name: "an id with a tab at its end",
    entry: 'customer_id: "acme\\t"\nfeature_id: api_calls',
    problems: [
      {
        code: "bad-id",
        message: '`customer_id` is "acme\\u{9}", with a tab at its end',
        hint: "remove it",
        pointer: "/customer_id",
      },
    ],
  },
  {
    name: "an id with a space at its start that looks like any other",
    entry: "customer_id: \u00a0acme\nfeature_id: api_calls",
    problems: [
      {
        code: "bad-id",
        message: '`customer_id` is "\\u{a0}acme", with the space \\u{a0} at its start',
        hint: "remove it",
        pointer: "/customer_id",
      },
    ],
  },
  {
    name: "an id with a space at its end",
    entry: 'customer_id: "acme "\nfeature_id: api_calls',
    problems: [
      {
        code: "bad-id",
        message: '`customer_id` is "acme ", with a space at its end',
        hint: "remove the space",
        pointer: "/customer_id",
      },
    ],
  },
  {
    name: "an id with a terminal escape in it",
    entry: 'customer_id: "ac\\e[31mme"\nfeature_id: api_calls',
    problems: [
      {
        code: "bad-id",
        message: '`customer_id` is "ac\\u{1b}[31mme", which has the control character \\u{1b} in it',
        hint: "remove the character",
        pointer: "/customer_id",
      },
    ],
  },
  {
    name: "an id that is very long and wrong",
    entry:
      'customer_id: " xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"\nfeature_id: api_calls',
    problems: [
      {
        code: "bad-id",
        message:
          '`customer_id` is " xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…", with a space at its start',
        hint: "remove the space",
        pointer: "/customer_id",
      },
    ],
  },
  {
    name: "an id that ends like a generation",
    entry: acmeWith("id: topup~2"),
    problems: [
      {
        code: "bad-id",
        message: '`id` is "topup~2", but may not end in ~2: that marks a replaced balance',
        hint: "choose another ending, such as -2",
        pointer: "/id",
      },
    ],
  },
  {
    name: "no customer",
    entry: "feature_id: api_calls",
    problems: [
      {
        code: "missing-field",
        message: "`customer_id` is missing",
        hint: "add it, for example `customer_id: acme`",
      },
    ],
  },
  {
    name: "no customer and no feature",
    entry: "included: 5",
    problems: [
      {
        code: "missing-field",
        message: "`customer_id` is missing",
        hint: "add it, for example `customer_id: acme`",
      },
      {
        code: "missing-field",
        message: "`feature_id` is missing",
        hint: "add it, for example `feature_id: api_calls`",
      },
    ],
  },
  {
    name: "a misspelled field",
    entry: "custmer_id: acme\nfeature_id: api_calls",
    problems: [
      {
        code: "unknown-field",
        message: "there is no field `custmer_id`",
        hint: "did you mean `customer_id`?",
        pointer: "/custmer_id",
      },
    ],
  },
  {
    name: "a field in camelCase",
    entry: "customerId: acme\nfeature_id: api_calls",
    problems: [
      {
        code: "unknown-field",
        message: "there is no field `customerId`",
        hint: "did you mean `customer_id`?",
        pointer: "/customerId",
      },
    ],
  },
  {
    name: "a field by another tool's name",
    entry: acmeWith("amount: 5"),
    problems: [
      {
        code: "unknown-field",
        message: "there is no field `amount`",
        hint: "did you mean `included`?",
        pointer: "/amount",
      },
    ],
  },
  {
    name: "a field nobody knows",
    entry: acmeWith("colour: red"),
    problems: [
      {
        code: "unknown-field",
        message: "there is no field `colour`",
        hint: OTHER_FIELDS,
        pointer: "/colour",
      },
    ],
  },
  {
    name: "a field with bidi marks in its name",
    entry: acmeWith('"inc\\u202eluded": 5'),
    problems: [
      {
        code: "unknown-field",
        message: "there is no field `inc\\u{202e}luded`",
        hint: "did you mean `included`?",
        pointer: "/inc‮luded",
      },
    ],
  },
  {
    name: "a field of reset outside of it",
    entry: acmeWith("interval: month"),
    problems: [
      {
        code: "unknown-field",
        message: "there is no field `interval`",
        hint: "`interval` belongs in `reset`",
        pointer: "/interval",
      },
    ],
  },
  {
    name: "a field of the file in an entry",
    entry: acmeWith("namespace: contracts"),
    problems: [
      {
        code: "unknown-field",
        message: "there is no field `namespace`",
        hint: "`namespace` belongs at the top of the file",
        pointer: "/namespace",
      },
    ],
  },
  {
    name: "a misspelled field of reset",
    entry: acmeWith("reset: { interval: month, intervall_count: 2 }"),
    problems: [
      {
        code: "unknown-field",
        message: "there is no field `intervall_count`",
        hint: "did you mean `interval_count`?",
        pointer: "/reset/intervall_count",
      },
    ],
  },
  {
    name: "__proto__ as a field",
    entry: acmeWith("__proto__: { included: 5 }"),
    problems: [
      {
        code: "unknown-field",
        message: "there is no field `__proto__`",
        hint: OTHER_FIELDS,
        pointer: "/__proto__",
      },
    ],
  },
  {
    name: "constructor and prototype as fields",
    entry: acmeWith("constructor: 1\nprototype: 2"),
    problems: [
      {
        code: "unknown-field",
        message: "there is no field `constructor`",
        hint: OTHER_FIELDS,
        pointer: "/constructor",
      },
      {
        code: "unknown-field",
        message: "there is no field `prototype`",
        hint: OTHER_FIELDS,
        pointer: "/prototype",
      },
    ],
  },
  {
    name: "included of nothing",
    entry: acmeWith("included: 0"),
    problems: [
      {
        code: "out-of-range",
        message: "`included` is 0, but must be a number above 0",
        hint: "to grant nothing, remove the entry",
        pointer: "/included",
      },
    ],
  },
  {
    name: "included below nothing",
    entry: acmeWith("included: -5"),
    problems: [
      {
        code: "out-of-range",
        message: "`included` is -5, but must be a number above 0",
        hint: "to grant nothing, remove the entry",
        pointer: "/included",
      },
    ],
  },
  {
    name: "included beyond exact numbers",
    entry: acmeWith("included: 9007199254740993"),
    problems: [
      {
        code: "out-of-range",
        message: "`included` is 9007199254740993, but must be a number above 0, at most 9007199254740991",
        hint: "for no limit at all, leave it out and write `unlimited: true`",
        pointer: "/included",
      },
    ],
  },
  {
    name: "included with underscores",
    entry: acmeWith("included: 50_000"),
    problems: [
      {
        code: "not-a-number",
        message: '`included` is "50_000", but must be a number',
        hint: "write 50000",
        pointer: "/included",
      },
    ],
  },
  {
    name: "included in quotes",
    entry: acmeWith('included: "50000"'),
    problems: [
      {
        code: "not-a-number",
        message: '`included` is "50000", but must be a number',
        hint: "write 50000, without quotes",
        pointer: "/included",
      },
    ],
  },
  {
    name: "included in quotes, and not enough",
    entry: acmeWith('included: "-5"'),
    problems: [
      {
        code: "not-a-number",
        message: '`included` is "-5", but must be a number above 0',
        hint: "to grant nothing, remove the entry",
        pointer: "/included",
      },
    ],
  },
  {
    name: "included with thousands separators, and not enough",
    entry: acmeWith("included: -50,000"),
    problems: [
      {
        code: "not-a-number",
        message: '`included` is "-50,000", but must be a number above 0',
        hint: "to grant nothing, remove the entry",
        pointer: "/included",
      },
    ],
  },
  {
    name: "an interval_count in quotes that is not whole",
    entry: acmeWith('included: 5\nreset: { interval: month, interval_count: "1.5" }'),
    problems: [
      {
        code: "not-a-number",
        message: '`reset.interval_count` is "1.5", but must be a whole number from 1 to 1000',
        hint: "the closest that is allowed is 2",
        pointer: "/reset/interval_count",
      },
    ],
  },
  {
    name: "a rollover.max that is too large",
    entry: acmeWith("included: 5\nreset: { interval: month }\nrollover: { max: 1e30, duration: month }"),
    problems: [
      {
        code: "out-of-range",
        message: "`rollover.max` is 1e30, but must be a number above 0, at most 9007199254740991",
        hint: "for no limit at all, leave it out",
        pointer: "/rollover/max",
      },
    ],
  },
  {
    name: "an interval with a number",
    entry: acmeWith("included: 5\nreset: { interval: 3 month }"),
    problems: [
      {
        code: "not-one-of",
        message:
          '`reset.interval` is "3 month", but must be one of one_off, minute, hour, day, week, month, quarter, semi_annual, year',
        hint: "write `interval: month` and `interval_count: 3`",
        pointer: "/reset/interval",
      },
    ],
  },
  {
    name: "included with thousands separators",
    entry: acmeWith("included: 50,000"),
    problems: [
      {
        code: "not-a-number",
        message: '`included` is "50,000", but must be a number',
        hint: "write 50000",
        pointer: "/included",
      },
    ],
  },
  {
    name: "included in thousands",
    entry: acmeWith("included: 50k"),
    problems: [
      {
        code: "not-a-number",
        message: '`included` is "50k", but must be a number',
        hint: "write 50000",
        pointer: "/included",
      },
    ],
  },
  {
    name: "included in words",
    entry: acmeWith("included: many"),
    problems: [
      {
        code: "not-a-number",
        message: '`included` is "many", but must be a number',
        hint: "for example `included: 50000`",
        pointer: "/included",
      },
    ],
  },
  {
    name: "included without a value",
    entry: acmeWith("included:"),
    problems: [
      {
        code: "empty",
        message: "`included` is empty",
        hint: "give it a value, for example `50000`, or remove the field",
        pointer: "/included",
      },
    ],
  },
  {
    name: "included by the word null",
    entry: acmeWith("included: null"),
    problems: [
      {
        code: "empty",
        message: "`included` is `null`",
        hint: "give it a value, for example `50000`, or remove the field",
        pointer: "/included",
      },
    ],
  },
  {
    name: "included infinite",
    entry: acmeWith("included: .inf"),
    problems: [
      {
        code: "not-finite",
        message: ".inf is not a number that can be counted with",
        hint: "write the number out, or quote it where it is text",
        pointer: "/included",
      },
    ],
  },
  {
    name: "included not a number",
    entry: acmeWith("included: .nan"),
    problems: [
      {
        code: "not-finite",
        message: ".nan is not a number that can be counted with",
        hint: "write the number out, or quote it where it is text",
        pointer: "/included",
      },
    ],
  },
  {
    name: "included by both names",
    entry: acmeWith("included: 5\nincluded_grant: 5"),
    problems: [
      {
        code: "one-name-for-the-grant",
        message: "`included` and `included_grant` are the same thing",
        hint: "keep `included`",
        pointer: "/included_grant",
      },
    ],
  },
  {
    name: "unlimited: yes",
    entry: acmeWith("unlimited: yes"),
    problems: [
      {
        code: "not-a-boolean",
        message: '`unlimited` is "yes", but must be true or false',
        hint: "write true",
        pointer: "/unlimited",
      },
    ],
  },
  {
    name: "unlimited: off",
    entry: acmeWith("unlimited: off"),
    problems: [
      {
        code: "not-a-boolean",
        message: '`unlimited` is "off", but must be true or false',
        hint: "write false",
        pointer: "/unlimited",
      },
    ],
  },
  {
    name: "unlimited in quotes",
    entry: acmeWith('unlimited: "true"'),
    problems: [
      {
        code: "not-a-boolean",
        message: '`unlimited` is "true", but must be true or false',
        hint: "write true, without quotes",
        pointer: "/unlimited",
      },
    ],
  },
  {
    name: "unlimited: 1",
    entry: acmeWith("unlimited: 1"),
    problems: [
      {
        code: "not-a-boolean",
        message: "`unlimited` is 1, but must be true or false",
        hint: "write true",
        pointer: "/unlimited",
      },
    ],
  },
  {
    name: "unlimited: perhaps",
    entry: acmeWith("unlimited: perhaps"),
    problems: [
      {
        code: "not-a-boolean",
        message: '`unlimited` is "perhaps", but must be true or false',
        hint: "write true or false",
        pointer: "/unlimited",
      },
    ],
  },
  {
    name: "unlimited with everything it excludes",
    entry: acmeWith(
      "unlimited: true\nincluded: 5\nreset: { interval: month }\nrollover: { duration: month }",
    ),
    problems: [
      {
        code: "unlimited-is-alone",
        message: "`included` makes no sense together with `unlimited: true`",
        hint: "remove one of the two",
        pointer: "/included",
      },
      {
        code: "unlimited-is-alone",
        message: "`reset` makes no sense together with `unlimited: true`",
        hint: "remove one of the two",
        pointer: "/reset",
      },
      {
        code: "unlimited-is-alone",
        message: "`rollover` makes no sense together with `unlimited: true`",
        hint: "remove one of the two",
        pointer: "/rollover",
      },
    ],
  },
  {
    name: "reset without a value",
    entry: acmeWith("reset:"),
    problems: [
      {
        code: "empty",
        message: "`reset` is empty",
        hint: "give it a value, for example `{ interval: month }`, or remove the field",
        pointer: "/reset",
      },
    ],
  },
  {
    name: "reset as a word",
    entry: acmeWith("reset: monthly"),
    problems: [
      {
        code: "not-a-mapping",
        message: '`reset` is "monthly", but must be a mapping of fields',
        hint: "write `reset: { interval: month }`",
        pointer: "/reset",
      },
    ],
  },
  {
    name: "reset as a number",
    entry: acmeWith("reset: 30"),
    problems: [
      {
        code: "not-a-mapping",
        message: "`reset` is 30, but must be a mapping of fields",
        hint: "write `reset: { interval: month }`",
        pointer: "/reset",
      },
    ],
  },
  {
    name: "reset without an interval",
    entry: acmeWith("reset: {}"),
    problems: [
      {
        code: "missing-field",
        message: "`interval` is missing",
        hint: "add it, for example `interval: month`",
        pointer: "/reset",
      },
    ],
  },
  {
    name: "an interval that does not exist",
    entry: acmeWith("reset: { interval: mnoth }"),
    problems: [
      {
        code: "not-one-of",
        message:
          '`reset.interval` is "mnoth", but must be one of one_off, minute, hour, day, week, month, quarter, semi_annual, year',
        hint: "did you mean month?",
        pointer: "/reset/interval",
      },
    ],
  },
  {
    name: "an interval as an adverb",
    entry: acmeWith("reset: { interval: Yearly }"),
    problems: [
      {
        code: "not-one-of",
        message:
          '`reset.interval` is "Yearly", but must be one of one_off, minute, hour, day, week, month, quarter, semi_annual, year',
        hint: "did you mean year?",
        pointer: "/reset/interval",
      },
    ],
  },
  {
    name: "an interval nobody knows",
    entry: acmeWith("reset: { interval: fortnight }"),
    problems: [
      {
        code: "not-one-of",
        message:
          '`reset.interval` is "fortnight", but must be one of one_off, minute, hour, day, week, month, quarter, semi_annual, year',
        hint: "write for example month",
        pointer: "/reset/interval",
      },
    ],
  },
  {
    name: "an interval as a number",
    entry: acmeWith("reset: { interval: 30 }"),
    problems: [
      {
        code: "not-one-of",
        message:
          "`reset.interval` is 30, but must be one of one_off, minute, hour, day, week, month, quarter, semi_annual, year",
        hint: "write for example month",
        pointer: "/reset/interval",
      },
    ],
  },
  {
    name: "an interval_count of zero",
    entry: acmeWith("reset: { interval: month, interval_count: 0 }"),
    problems: [
      {
        code: "out-of-range",
        message: "`reset.interval_count` is 0, but must be a whole number from 1 to 1000",
        hint: "the closest that is allowed is 1",
        pointer: "/reset/interval_count",
      },
    ],
  },
  {
    name: "an interval_count with a fraction",
    entry: acmeWith("reset: { interval: month, interval_count: 1.5 }"),
    problems: [
      {
        code: "out-of-range",
        message: "`reset.interval_count` is 1.5, but must be a whole number from 1 to 1000",
        hint: "the closest that is allowed is 2",
        pointer: "/reset/interval_count",
      },
    ],
  },
  {
    name: "an interval_count beyond the largest",
    entry: acmeWith("reset: { interval: month, interval_count: 1001 }"),
    problems: [
      {
        code: "out-of-range",
        message: "`reset.interval_count` is 1001, but must be a whole number from 1 to 1000",
        hint: "the closest that is allowed is 1000",
        pointer: "/reset/interval_count",
      },
    ],
  },
  {
    name: "one_off with an interval_count",
    entry: acmeWith("reset: { interval: one_off, interval_count: 2 }"),
    problems: [
      {
        code: "one-off-has-no-count",
        message: "`interval_count` makes no sense with the interval one_off",
        hint: "remove `interval_count`",
        pointer: "/reset/interval_count",
      },
    ],
  },
  {
    name: "expires_at with a reset",
    entry: acmeWith("reset: { interval: month }\nexpires_at: 2027-01-31T00:00:00Z"),
    problems: [
      {
        code: "expires-or-resets",
        message: "a balance that resets cannot have `expires_at`: Autumn takes both and then never resets it",
        hint: "remove `expires_at` or `reset`",
        pointer: "/expires_at",
      },
    ],
  },
  {
    name: "expires_at in seconds",
    entry: acmeWith("expires_at: 1801353600"),
    problems: [
      {
        code: "looks-like-seconds",
        message: "`expires_at` is 1801353600, which looks like seconds",
        hint: "write 1801353600000 or 2027-01-31T00:00:00Z",
        pointer: "/expires_at",
      },
    ],
  },
  {
    name: "expires_at in microseconds",
    entry: acmeWith("expires_at: 1801353600000000"),
    problems: [
      {
        code: "bad-instant",
        message: "`expires_at` is 1801353600000000, which looks like microseconds",
        hint: "write 1801353600000 or 2027-01-31T00:00:00Z",
        pointer: "/expires_at",
      },
    ],
  },
  {
    name: "expires_at with a fraction",
    entry: acmeWith("expires_at: 1801353600000.5"),
    problems: [
      {
        code: "bad-instant",
        message: "`expires_at` is 1801353600000.5, but must be whole milliseconds",
        hint: "write 1801353600000 or 2027-01-31T00:00:00Z",
        pointer: "/expires_at",
      },
    ],
  },
  {
    name: "expires_at as a quoted amount",
    entry: acmeWith('expires_at: "1801353600000"'),
    problems: [
      {
        code: "bad-instant",
        message: '`expires_at` is "1801353600000", which is not a moment',
        hint: "write 1801353600000, without quotes, or 2027-01-31T00:00:00Z",
        pointer: "/expires_at",
      },
    ],
  },
  {
    name: "expires_at in a zone in which the last year ends later",
    entry: acmeWith('expires_at: "9999-12-31T23:59:59-05:00"'),
    problems: [
      {
        code: "bad-instant",
        message: '`expires_at` is "9999-12-31T23:59:59-05:00", but must be of the years 2000 to 9999 in UTC',
        hint: "write 9999-12-31T23:59:59Z",
        pointer: "/expires_at",
      },
    ],
  },
  {
    name: "expires_at as a small number",
    entry: acmeWith("expires_at: 30"),
    problems: [
      {
        code: "bad-instant",
        message: "`expires_at` is 30, but must be milliseconds since 1970, of the years 2000 to 9999",
        hint: "write it like 2027-01-31T00:00:00Z",
        pointer: "/expires_at",
      },
    ],
  },
  {
    name: "expires_at without time",
    entry: acmeWith("expires_at: 2027-01-31"),
    problems: [
      {
        code: "bad-instant",
        message: '`expires_at` is "2027-01-31", a date without time and time zone',
        hint: "write 2027-01-31T00:00:00Z for its start, 2027-01-31T23:59:59Z for its end",
        pointer: "/expires_at",
      },
    ],
  },
  {
    name: "expires_at without a zone",
    entry: acmeWith("expires_at: 2027-01-31T00:00:00"),
    problems: [
      {
        code: "bad-instant",
        message: '`expires_at` is "2027-01-31T00:00:00", which has no time zone',
        hint: "write 2027-01-31T00:00:00Z for UTC, or end it with your zone: 2027-01-31T00:00:00+01:00",
        pointer: "/expires_at",
      },
    ],
  },
  {
    name: "expires_at without seconds",
    entry: acmeWith("expires_at: 2027-01-31T00:00Z"),
    problems: [
      {
        code: "bad-instant",
        message: '`expires_at` is "2027-01-31T00:00Z", which is not complete',
        hint: "write 2027-01-31T00:00:00Z, with your zone in place of Z",
        pointer: "/expires_at",
      },
    ],
  },
  {
    name: "expires_at without seconds and zone",
    entry: acmeWith("expires_at: 2027-01-31 12:30"),
    problems: [
      {
        code: "bad-instant",
        message: '`expires_at` is "2027-01-31 12:30", which is not complete',
        hint: "write 2027-01-31 12:30:00Z, with your zone in place of Z",
        pointer: "/expires_at",
      },
    ],
  },
  {
    name: "expires_at on a day that does not exist",
    entry: acmeWith("expires_at: 2027-02-29T00:00:00Z"),
    problems: [
      {
        code: "bad-instant",
        message: '`expires_at` is "2027-02-29T00:00:00Z", but 2027-02 has no day 29',
        hint: "its last day is 2027-02-28",
        pointer: "/expires_at",
      },
    ],
  },
  {
    name: "expires_at in a month that does not exist",
    entry: acmeWith("expires_at: 2027-13-01T00:00:00Z"),
    problems: [
      {
        code: "bad-instant",
        message: '`expires_at` is "2027-13-01T00:00:00Z", but there is no month 13',
        hint: "write it like 2027-01-31T00:00:00Z",
        pointer: "/expires_at",
      },
    ],
  },
  {
    name: "expires_at before 2000",
    entry: acmeWith("expires_at: 1999-12-31T00:00:00Z"),
    problems: [
      {
        code: "bad-instant",
        message: '`expires_at` is "1999-12-31T00:00:00Z", but must be of the years 2000 to 9999',
        hint: "write it like 2027-01-31T00:00:00Z",
        pointer: "/expires_at",
      },
    ],
  },
  {
    name: "expires_at at an hour that does not exist",
    entry: acmeWith("expires_at: 2027-01-31T24:00:00Z"),
    problems: [
      {
        code: "bad-instant",
        message: '`expires_at` is "2027-01-31T24:00:00Z", which is not a moment',
        hint: "write it like 2027-01-31T00:00:00Z",
        pointer: "/expires_at",
      },
    ],
  },
  {
    name: "expires_at in words",
    entry: acmeWith("expires_at: next year"),
    problems: [
      {
        code: "bad-instant",
        message: '`expires_at` is "next year", which is not a moment',
        hint: "write it like 2027-01-31T00:00:00Z",
        pointer: "/expires_at",
      },
    ],
  },
  {
    name: "expires_at as a boolean",
    entry: acmeWith("expires_at: false"),
    problems: [
      {
        code: "bad-instant",
        message: "`expires_at` is `false`, but must be a moment",
        hint: "write it like 2027-01-31T00:00:00Z",
        pointer: "/expires_at",
      },
    ],
  },
  {
    name: "expires_at as a mapping",
    entry: acmeWith("expires_at: { date: 2027-01-31 }"),
    problems: [
      {
        code: "bad-instant",
        message: "`expires_at` is a mapping, but must be a moment",
        hint: "write it like 2027-01-31T00:00:00Z",
        pointer: "/expires_at",
      },
    ],
  },
  {
    name: "expires_at without a value",
    entry: acmeWith("expires_at:"),
    problems: [
      {
        code: "empty",
        message: "`expires_at` is empty",
        hint: "give it a value, for example `2027-01-31T00:00:00Z`, or remove the field",
        pointer: "/expires_at",
      },
    ],
  },
  {
    name: "rollover without a reset",
    entry: acmeWith("rollover: { duration: month }"),
    problems: [
      {
        code: "needs-a-reset",
        message: "`rollover` needs a `reset` with an interval other than one_off",
        hint: "add a `reset`, for example `reset: { interval: month }`, or remove `rollover`",
        pointer: "/rollover",
      },
    ],
  },
  {
    name: "rollover with one_off",
    entry: acmeWith("reset: { interval: one_off }\nrollover: { duration: month }"),
    problems: [
      {
        code: "needs-a-reset",
        message: "`rollover` needs a `reset` with an interval other than one_off",
        hint: "add a `reset`, for example `reset: { interval: month }`, or remove `rollover`",
        pointer: "/rollover",
      },
    ],
  },
  {
    name: "rollover without a duration",
    entry: acmeWith("reset: { interval: month }\nrollover: { max: 5 }"),
    problems: [
      {
        code: "missing-field",
        message: "`duration` is missing",
        hint: "add it, for example `duration: month`",
        pointer: "/rollover",
      },
    ],
  },
  {
    name: "rollover with both limits",
    entry: acmeWith("reset: { interval: month }\nrollover: { duration: month, max: 5, max_percentage: 50 }"),
    problems: [
      {
        code: "one-rollover-limit",
        message: "`max` and `max_percentage` exclude each other",
        hint: "remove one of the two",
        pointer: "/rollover/max_percentage",
      },
    ],
  },
  {
    name: "rollover of more than all",
    entry: acmeWith("reset: { interval: month }\nrollover: { duration: month, max_percentage: 101 }"),
    problems: [
      {
        code: "out-of-range",
        message: "`rollover.max_percentage` is 101, but must be a number above 0, at most 100",
        hint: "the closest that is allowed is 100",
        pointer: "/rollover/max_percentage",
      },
    ],
  },
  {
    name: "rollover forever with a length",
    entry: acmeWith("reset: { interval: month }\nrollover: { duration: forever, length: 2 }"),
    problems: [
      {
        code: "forever-has-no-length",
        message: "`length` makes no sense with the duration forever",
        hint: "remove `length`",
        pointer: "/rollover/length",
      },
    ],
  },
  {
    name: "rollover as a word",
    entry: acmeWith("reset: { interval: month }\nrollover: forever"),
    problems: [
      {
        code: "not-a-mapping",
        message: '`rollover` is "forever", but must be a mapping of fields',
        hint: "write `rollover: { duration: forever }`",
        pointer: "/rollover",
      },
    ],
  },
  {
    name: "rollover with a wrong duration",
    entry: acmeWith("reset: { interval: month }\nrollover: { duration: months }"),
    problems: [
      {
        code: "not-one-of",
        message: '`rollover.duration` is "months", but must be one of month, forever',
        hint: "did you mean month?",
        pointer: "/rollover/duration",
      },
    ],
  },
  {
    name: "next_reset_at without a reset",
    entry: acmeWith("next_reset_at: 2027-02-01T00:00:00Z"),
    problems: [
      {
        code: "needs-a-reset",
        message: "`next_reset_at` needs a `reset` with an interval other than one_off",
        hint: "add a `reset`, for example `reset: { interval: month }`, or remove `next_reset_at`",
        pointer: "/next_reset_at",
      },
    ],
  },
  {
    name: "next_reset_at in seconds",
    entry: acmeWith("reset: { interval: month }\nnext_reset_at: 1801353600"),
    problems: [
      {
        code: "looks-like-seconds",
        message: "`next_reset_at` is 1801353600, which looks like seconds",
        hint: "write 1801353600000 or 2027-01-31T00:00:00Z",
        pointer: "/next_reset_at",
      },
    ],
  },
  {
    name: "an entity that is a number",
    entry: acmeWith("entity_id: 42"),
    problems: [
      {
        code: "not-text",
        message: "`entity_id` is the number 42, but must be text",
        hint: 'quote it: `entity_id: "42"`',
        pointer: "/entity_id",
      },
    ],
  },
  {
    name: "adopt that is empty",
    entry: acmeWith('adopt: ""'),
    problems: [{ code: "bad-id", message: "`adopt` is empty", hint: "write an id", pointer: "/adopt" }],
  },
  {
    name: "a name that would end like a generation",
    entry: acmeWith("entity_id: seat~2"),
    problems: [
      {
        code: "needs-an-id",
        message:
          'the name of this balance would be "api_calls@seat~2", but may not end in ~2: that marks a replaced balance',
        hint: "give it an `id`, for example `id: api_calls@seat-2`",
      },
    ],
  },
  {
    name: "a tag",
    entry: acmeWith("included: !money 5"),
    problems: [
      {
        code: "yaml-tag",
        message: "the tag !money is not supported",
        hint: "remove the tag; write plain text, numbers, true or false",
        pointer: "/included",
      },
    ],
  },
  {
    name: "a binary",
    entry: acmeWith("id: !!binary aGVsbG8="),
    problems: [
      {
        code: "yaml-tag",
        message: "the tag !!binary is not supported",
        hint: "remove the tag; write plain text, numbers, true or false",
        pointer: "/id",
      },
    ],
  },
  {
    name: "an alias to nothing",
    entry: acmeWith("reset: *monthly"),
    problems: [
      {
        code: "unknown-alias",
        message: "nothing above is marked &monthly",
        hint: 'quote it if it is text: "*monthly"',
        pointer: "/reset",
      },
    ],
  },
  {
    name: "a field given twice",
    entry: acmeWith("included: 5\nincluded: 6"),
    problems: [
      {
        code: "given-twice",
        message: "`included` is given twice; the first is at balances.yaml:6:5",
        hint: "remove one of the two",
        pointer: "/included",
      },
    ],
  },
  {
    name: "a name that is a number",
    entry: acmeWith("5: included"),
    problems: [
      { code: "name-not-text", message: "the name 5 is not text", hint: 'quote it: "5"', pointer: "/5" },
    ],
  },
  {
    name: "several things at once",
    entry: "customer_id: 123\nincluded: 50_000\nreset: { interval: mnth }\ncolor: red",
    problems: [
      {
        code: "missing-field",
        message: "`feature_id` is missing",
        hint: "add it, for example `feature_id: api_calls`",
      },
      {
        code: "not-text",
        message: "`customer_id` is the number 123, but must be text",
        hint: 'quote it: `customer_id: "123"`',
        pointer: "/customer_id",
      },
      {
        code: "not-a-number",
        message: '`included` is "50_000", but must be a number',
        hint: "write 50000",
        pointer: "/included",
      },
      {
        code: "not-one-of",
        message:
          '`reset.interval` is "mnth", but must be one of one_off, minute, hour, day, week, month, quarter, semi_annual, year',
        hint: "did you mean month?",
        pointer: "/reset/interval",
      },
      { code: "unknown-field", message: "there is no field `color`", hint: OTHER_FIELDS, pointer: "/color" },
    ],
  },
  {
    name: "text instead of an entry",
    entry: "acme",
    problems: [
      {
        code: "not-a-mapping",
        message: 'this entry is "acme", but must be a mapping of fields',
        hint: "for example `- { customer_id: acme, feature_id: api_calls }`",
      },
    ],
  },
  {
    name: "a list instead of an entry",
    entry: "[acme, api_calls]",
    problems: [
      {
        code: "not-a-mapping",
        message: "this entry is a list, but must be a mapping of fields",
        hint: "for example `- { customer_id: acme, feature_id: api_calls }`",
      },
    ],
  },
  {
    name: "nothing instead of an entry",
    entry: "",
    problems: [{ code: "empty", message: "this entry is empty", hint: "remove the `-`" }],
  },
];
