import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProblemsError } from "../../src/schema/index.ts";
import { change, desired } from "../report/plans.ts";
import { parsed, policyOf, problemsIn, verdictOf } from "./policies.ts";

const rule = (when: string, more = ""): string =>
  `version: 1\nrules:\n  - name: r\n    then: deny\n${more}    when: ${when}\n`;

describe("a policy file", () => {
  it("is told every mistake at its place", () => {
    const text = [
      "version: 1",
      "rules:",
      "  - name: a",
      "    wen: change.granted > 5.0",
      "    then: forbid",
      "  - name: b c",
      "    use: must_expir",
      "    then: { approv: finance }",
    ].join("\n");
    expect(problemsIn(text)).toEqual([
      "4:5 unknown-field: there is no field `wen` (did you mean `when`?)",
      '5:11 not-one-of: `then` is "forbid", but must be deny, warn or { approve: … } (did you mean deny?)',
      '6:11 bad-name: `name` may have letters, digits and . _ @ / - only (for example "large-grants")',
      '7:10 not-one-of: `use` is "must_expir", but must be one of must_expire, must_have_reason, at_most, no_unlimited, live_only_in (did you mean must_expire?)',
      "8:11 not-one-of: `then` must be deny, warn or { approve: … } (write it like `then: { approve: finance }`, with one name of letters, digits and . _ @ / -)",
    ]);
  });

  it.each([
    ["", "1:1 wrong-type: the file is empty (a policy has `version: 1`, and its rules under `rules:`)"],
    [
      "- a",
      "1:1 wrong-type: the file must be a mapping of fields (a policy has `version: 1`, and its rules under `rules:`)",
    ],
    [
      "version: 2\nrules: []",
      "1:10 unknown-version: `version` is 2, but only version 1 is known (write `version: 1`, or update autumn-balances)",
    ],
    ["version: 1", "1:1 missing-field: `rules` is missing in the file (add `rules:`)"],
    [
      "version: 1\nrules: {}",
      "2:8 not-a-list: `rules` is a mapping, but must be a list (start every entry with `- `)",
    ],
    [rule("true"), '5:11 not-text: `when` is `true`, but must be text (quote it: `when: "true"`)'],
    [
      rule("'true'").replace("deny", "block"),
      '4:11 not-one-of: `then` is "block", but must be deny, warn or { approve: … } (did you mean deny?)',
    ],
    [
      rule("'true'").replace("when", "if"),
      "5:5 unknown-field: there is no field `if` (did you mean `when`?)",
    ],
    [
      rule("'true'").replace("    then: deny\n", ""),
      "3:5 missing-field: `then` is missing in this rule (add it, for example `then: deny`)",
    ],
    [
      policyOf({ name: "a", use: "at_most", feature: "x", units: "5", then: "deny" }),
      '1:73 not-a-number: `units` is "5", but must be a number (write 5, without quotes)',
    ],
    [
      policyOf({ name: "a", use: "live_only_in", folders: "prod", then: "deny" }),
      '1:66 not-a-list: `folders` is "prod", but must be a list (write it as a list: `folders: [prod]`)',
    ],
    [
      policyOf({ name: "a", use: "live_only_in", folders: [], then: "deny" }),
      "1:66 empty: `folders` is empty (write at least one, or remove the field)",
    ],
    [
      policyOf({ name: "a", use: "live_only_in", folders: ["prod", ""], then: "deny" }),
      "1:74 bad-text: `folders.1` is empty (write something)",
    ],
    [
      policyOf({ name: "a", use: "live_only_in", folders: ["../prod"], then: "deny" }),
      '1:67 outside-repository: no file of the repository can be in "../prod" (write the folder from the root of the repository on, such as contracts)',
    ],
  ])("is told in plain words what is wrong, and what to write: %s", (text, problem) => {
    expect(problemsIn(text)).toEqual([problem]);
  });

  it.each([
    [
      "included: 6, unlimited: true",
      "6:67 unlimited-is-alone: `included` makes no sense together with `unlimited: true` (remove one of the two)",
    ],
    [
      "expires_at: 2030-01-01",
      '6:69 bad-instant: `expires_at` is "2030-01-01", a date without time and time zone (write 2030-01-01T00:00:00Z for its start, 2030-01-01T23:59:59Z for its end)',
    ],
    [
      "reset: { interval: monthly }",
      '6:76 not-one-of: `reset.interval` is "monthly", but must be one of one_off, minute, hour, day, week, month, quarter, semi_annual, year (did you mean month?)',
    ],
    ["incuded: 5", "6:57 unknown-field: there is no field `incuded` (did you mean `included`?)"],
    ["id: 012", '6:61 not-text: `id` is the number 012, but must be text (quote it: `id: "012"`)'],
    [
      "phases: [{ included: 6 }, { included: 7 }]",
      "6:83 phase-without-start: phase 2 does not say when it starts (give it a `starts_at`, or the phase before it an `ends_at`)",
    ],
  ])("has entries in its cases that are checked as in a balances file: %s", (fields, problem) => {
    const entry = `{ customer_id: acme, feature_id: exports, ${fields} }`;
    const text = `version: 1\nrules: [{ name: a, when: change.granted > 5.0, then: deny }]\ncases:\n  - name: b\n    expect: []\n    entries: [${entry}]\n`;
    expect(problemsIn(text)).toEqual([problem]);
  });

  it("is told what does not go together", () => {
    expect(
      problemsIn(
        policyOf(
          { name: "a", then: "deny" },
          { name: "a", use: "at_most", when: "true", feature: "x", then: "deny" },
          { name: "c", when: "true", units: 5, then: "warn" },
          { name: "d", use: "must_expire", folders: ["x"], then: "warn" },
        ),
      ).map((line) => line.replace(/^\S+ /, "")),
    ).toEqual([
      "missing-field: the rule has no condition (add `when:`, or `use:` for a ready rule)",
      "useless: `when` makes no sense together with `use` (keep one of the two; `where:` narrows a ready rule)",
      "missing-field: `at_most` needs `units` (add `units:`)",
      "useless: `units` is for ready rules (add `use:`, or remove it)",
      "useless: `must_expire` has no `folders` (remove it)",
      "given-twice: there is a rule `a` above already (give each rule a name of its own)",
    ]);
  });

  it.each([
    ["plain text", "change.grantd > 5.0", "5:18", "did you mean granted?"],
    ["a syntax error", "change.granted >", "5:27", "it can look at"],
    ["whole numbers", "change.granted == 5", "5:11", "amounts have decimals: write 5.0 instead of 5"],
    ["quotes", '"change.grantd > 5.0"', "5:19", "did you mean granted?"],
    ["a block", "|\n      true &&\n      change.grantd > 5.0", "7:14", "did you mean granted?"],
    ["another subject", "chang.granted > 5.0", "5:11", "did you mean change?"],
    ["no condition", "change.granted", "5:11", "compare it with something, such as > 100.0"],
  ])("is told of a mistake in CEL at its place: %s", (_, when, place, hint) => {
    const [problem, ...more] = problemsIn(rule(when));
    expect(more).toEqual([]);
    expect(problem?.split(" ")[0]).toBe(place);
    expect(problem).toContain(hint);
  });

  it("lets a rule over the plan look at no entry", () => {
    expect(problemsIn(rule("entry.unlimited", "    on: plan\n"))).toHaveLength(1);
    expect(problemsIn(rule("entry.unlimited", "    on: entry\n"))).toEqual([]);
  });
});

describe("hostile CEL", () => {
  it.each([
    ["a regular expression", 'entry.customer_id.matches("^(a+)+$")'],
    ["loops in loops", "teams.all(a, teams.all(b, teams.all(c, a == b)))"],
    ["a loop in what a loop goes through", "teams.filter(a, true).all(b, true)"],
    ["a list that grows", "teams.map(a, teams).size() > 1"],
    ["a text that doubles", 'cel.bind(a, "xx" + "xx", cel.bind(b, a + a, b == ""))'],
    ["adding in a loop", 'teams.all(a, a + a + a == "")'],
    ["splitting", 'entry.customer_id.split("").size() > 1'],
    ["bytes as JSON", 'b"{}".json().size() > 1'],
    ["too long", `true ${"&& true ".repeat(400)}`],
    ["too many parts", `true ${"&& true ".repeat(240)}`],
    ["too deep", `${"(".repeat(500)}true${")".repeat(500)}`],
    ["too many items", `1 in [${"1,".repeat(200)}1]`],
    ["a prototype", "entry.__proto__ == entry"],
    ["a constructor", "entry.constructor == entry"],
    ["a map", '{"a": 1}.size() > 0'],
  ])("is refused before it is evaluated: %s", (_, when) => {
    const [problem] = problemsIn(policyOf({ name: "r", when, then: "deny" }));
    expect(problem).toMatch(/cel-|too-long/);
  });

  it("is refused or judged, and ends, whatever it is", () => {
    const words = fc.constantFrom(
      ...[
        "teams",
        "entry",
        "change",
        ".granted",
        ".all(",
        ".exists(",
        "x",
        ",",
        ")",
        "(",
        "&&",
        "||",
        "!",
        "==",
        "1.0",
      ],
      ...[
        "matches",
        ".matches(",
        '"a"',
        "[",
        "]",
        "in",
        "?",
        ":",
        "plan.added",
        ">",
        "+",
        "-",
        "{",
        "}",
        "has(",
        "r'",
        "\\",
      ],
    );
    const expressions = fc.oneof(
      fc.array(words, { maxLength: 40 }).map((all) => all.join(" ")),
      fc.string({ unit: "binary", minLength: 1, maxLength: 100 }),
    );
    fc.assert(
      fc.property(expressions, (when) => {
        try {
          const { findings } = verdictOf(policyOf({ name: "r", when, then: "deny" }), [
            change("create", { desired: desired() }),
          ]);
          expect(findings.length).toBeLessThanOrEqual(1);
        } catch (error) {
          expect(error).toBeInstanceOf(ProblemsError);
        }
      }),
    );
  });

  it("is judged in a moment where it is the dearest that is taken", () => {
    const part = "teams.all(t, t in teams || t.contains('x')) ";
    const when = Array.from({ length: 15 }, () => part).join("&& ");
    const teams = Array.from({ length: 100 }, (_, n) => `team-${n}`);
    expect(problemsIn(policyOf({ name: "r", when, then: "deny" }))).toEqual([]);
    expect(
      verdictOf(policyOf({ name: "r", when, then: "deny" }), [change("create", { desired: desired() })], {
        teams,
      }).findings,
    ).toHaveLength(1);
  });

  it("cannot have a file of any size", () => {
    const many = Array.from({ length: 101 }, (_, n) => ({ name: `r${n}`, when: "true", then: "deny" }));
    expect(problemsIn(policyOf(...many))[0]).toContain("too-long: `rules` has 101 items, but may have 100");
    expect(problemsIn(`version: 1\nrules: [${"{},".repeat(60_000)}]`)[0]).toContain("too-large");
    expect(() => parsed("version: 1\nrules: &a [*a]")).toThrow(ProblemsError);
  });
});
