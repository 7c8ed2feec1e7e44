import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runCases } from "../../src/policy/index.ts";
import { desiredBalance } from "../../src/schema/index.ts";
import { change, desired } from "../report/plans.ts";
import { NOW, parsed, policyOf, saidOf, verdictOf } from "./policies.ts";

const made = (fields: Parameters<typeof desired>[0] = {}) => {
  const balance = desired(fields);
  return change("create", { desired: balance, granted: balance.included ?? 0 });
};
const DAY = 86_400_000;

describe("a rule in CEL", () => {
  const large = policyOf({ name: "large", when: "change.granted > 1000.0", then: { approve: "finance" } });

  it("asks at each change that it is true of, and names who has to approve", () => {
    const changes = [made({ key: "a", included: 1000 }), made({ key: "b", included: 1001 })];
    const { approvals, findings, name } = verdictOf(large, changes);
    expect(name).toBe("the policy");
    expect(approvals).toEqual(["finance"]);
    expect(findings).toMatchObject([
      { rule: "large", effect: "approve", approver: "finance", key: "b", customerId: "acme" },
    ]);
    expect(findings[0]?.place).toEqual({ file: "balances.yaml", line: 5, column: 5 });
  });

  it("says nothing of what is blocked, as nothing is done", () => {
    expect(saidOf(large, [change("blocked", { granted: 5000 })])).toEqual([]);
  });

  it("looks at entries, and so not at deletions", () => {
    const entry = policyOf({ name: "r", on: "entry", when: "entry.included < 1000000.0", then: "deny" });
    expect(saidOf(entry, [made({ key: "a" }), change("delete")])).toEqual(["r of a"]);
  });

  it("looks at the plan once, and not at all where it changes nothing", () => {
    const plan = policyOf({ name: "r", on: "plan", when: "plan.creates >= 0", then: "warn" });
    expect(saidOf(plan, [made(), made({ key: "b" })])).toEqual(["r of the plan"]);
    expect(saidOf(plan, [])).toEqual([]);
  });

  it("looks at what is added of a feature, at the teams, and at what was there", () => {
    const totals = [{ featureId: "credits", per: "month", added: 900, taken: 0 }];
    const sum = policyOf({
      name: "r",
      on: "plan",
      when: '"credits" in plan.added && plan.added["credits"] > 500.0',
      then: "deny",
    });
    expect(saidOf(sum, [made()], { totals })).toEqual(["r of the plan"]);
    const team = policyOf({ name: "r", when: '!("sales" in teams)', then: "deny" });
    expect(saidOf(team, [made()], { teams: ["sales"] })).toEqual([]);
    expect(saidOf(team, [made()], { teams: ["eng"] })).toEqual(["r of api_calls"]);
    const used = policyOf({ name: "r", when: "before.exists && before.used > 10.0", then: "warn" });
    expect(saidOf(used, [made()])).toEqual([]);
  });

  it("is an error, and no 'no', where it cannot be judged", () => {
    const blind = policyOf({ name: "r", on: "plan", when: 'plan.added["credits"] > 5.0', then: "warn" });
    expect(() => saidOf(blind, [made()])).toThrow("the rule `r` cannot be judged for the plan");
  });
});

describe("a ready rule", () => {
  const ready = (use: string, more: object = {}) => policyOf({ name: "r", use, then: "deny", ...more });

  it("must_expire finds what never ends, or too late", () => {
    const soon = made({ key: "soon", expiresAt: NOW + 10 * DAY });
    const late = made({ key: "late", expiresAt: NOW + 100 * DAY });
    const changes = [made({ key: "never" }), soon, late];
    expect(saidOf(ready("must_expire"), changes)).toEqual(["r of never"]);
    expect(saidOf(ready("must_expire", { within_days: 30 }), changes)).toEqual(["r of never", "r of late"]);
  });

  it("must_have_reason finds entries without one", () => {
    const entry = { customer_id: "acme", feature_id: "credits", included: 5 };
    const why = desiredBalance({ ...entry, id: "why", reason: "contract 7" });
    const owned = desiredBalance({ ...entry, id: "owned", ticket: "T-1", owner: "sales" });
    const changes = [why, owned, desiredBalance(entry)].map((one) =>
      change("create", { key: one.key, desired: one }),
    );
    expect(saidOf(ready("must_have_reason"), changes)).toEqual(["r of owned", "r of credits"]);
    const named = policyOf({
      name: "r",
      on: "entry",
      when: 'entry.reason.contains("contract")',
      then: "warn",
    });
    expect(saidOf(named, changes)).toEqual(["r of why"]);
  });

  it("no_unlimited finds what has no limit", () => {
    const changes = [made({ key: "free", included: null, unlimited: true }), made()];
    expect(saidOf(ready("no_unlimited"), changes)).toEqual(["r of free"]);
  });

  it("at_most sums up what a customer has, also of entries that do not change", () => {
    const rule = ready("at_most", { feature: "credits", units: 100 });
    const one = desired({ featureId: "credits", key: "one", included: 60 });
    const two = desired({ featureId: "credits", key: "two", included: 60 });
    const other = desired({ customerId: "globex", featureId: "credits", key: "other", included: 60 });
    const changes = [change("create", { desired: two, key: "two" }), change("create", { desired: other })];
    expect(saidOf(rule, changes, { balances: [one, two, other] })).toEqual(["r of two"]);
    expect(saidOf(rule, changes, { balances: [two, other] })).toEqual([]);
    const free = { ...one, included: null, unlimited: true };
    expect(saidOf(rule, changes, { balances: [free, two, other] })).toEqual(["r of two"]);
  });

  it("at_most goes by the phase that counts when the plan is made, and by no entry that has ended", () => {
    const rule = ready("at_most", { feature: "credits", units: 100 });
    const entry = { customer_id: "acme", feature_id: "credits" };
    const grown = desiredBalance({
      ...entry,
      phases: [{ included: 10, ends_at: NOW - DAY }, { included: 101 }],
    });
    const changes = [made({ featureId: "credits", included: 101 })];
    expect(saidOf(rule, changes, { balances: [grown] })).toEqual(["r of credits"]);
    const ended = desiredBalance({ ...entry, id: "old", included: 60, expires_at: NOW });
    const other = desiredBalance({ ...entry, id: "new", included: 60 });
    expect(saidOf(rule, changes, { balances: [ended, other] })).toEqual([]);
  });

  it("sums are exact in decimals", () => {
    const some = [0.1, 0.2].map((included) =>
      desired({ featureId: "credits", key: `${included}`, included }),
    );
    const changes = some.map((balance) => change("create", { desired: balance, featureId: "credits" }));
    expect(saidOf(ready("at_most", { feature: "credits", units: 0.3 }), changes)).toEqual([]);
    const totals = ["month", "once"].map((per, n) => ({
      featureId: "credits",
      per,
      added: (n + 1) / 10,
      taken: 0,
    }));
    const sum = policyOf({ name: "r", on: "plan", when: 'plan.added["credits"] > 0.3', then: "deny" });
    expect(saidOf(sum, changes, { totals })).toEqual([]);
  });

  it("live_only_in finds live entries outside of the folders", () => {
    const rule = ready("live_only_in", { folders: ["contracts"] });
    const at = (file: string) => made({ key: file, place: { file, line: 1, column: 1 } });
    const changes = [at("contracts/a.yaml"), at("contracts-old/a.yaml"), at("../contracts/a.yaml")];
    expect(saidOf(rule, changes)).toEqual([]);
    expect(saidOf(rule, changes, { environment: "live" })).toEqual([
      "r of contracts-old/a.yaml",
      "r of ../contracts/a.yaml",
    ]);
    const sameFolder = ready("live_only_in", { folders: ["./contracts//"] });
    expect(saidOf(sameFolder, changes, { environment: "live" })).toHaveLength(2);
    const everywhere = ready("live_only_in", { folders: ["."] });
    expect(saidOf(everywhere, changes, { environment: "live" })).toEqual(["r of ../contracts/a.yaml"]);
  });

  it("is narrowed by `where`", () => {
    const rule = ready("must_expire", { where: 'entry.feature_id == "credits"' });
    expect(saidOf(rule, [made(), made({ featureId: "credits", key: "c" })])).toEqual(["r of c"]);
  });
});

describe("judging", () => {
  it("ends where rules take too long", () => {
    let now = 0;
    const rule = policyOf({ name: "r", when: "change.granted > 0.0", then: "warn" });
    const elapsed = () => {
      now += 20_000;
      return now;
    };
    const changes = Array.from({ length: 1000 }, () => made());
    expect(() => verdictOf(rule, changes, { elapsed })).toThrow("take more than 30 seconds");
  });

  it("asks for the same whatever the order of the rules", () => {
    const rules = [
      { name: "a", when: "change.granted > 50.0", then: "deny" },
      { name: "b", use: "must_expire", then: "warn" },
      { name: "c", on: "plan", when: "plan.creates > 0", then: { approve: "finance" } },
      { name: "d", use: "no_unlimited", then: { approve: "legal" } },
    ];
    const changes = [made({ key: "x" }), made({ key: "y", included: null, unlimited: true })];
    const expected = verdictOf(policyOf(...rules), changes);
    fc.assert(
      fc.property(fc.shuffledSubarray(rules, { minLength: 4 }), (shuffled) => {
        const { approvals, findings } = verdictOf(policyOf(...shuffled), changes);
        expect(approvals).toEqual(expected.approvals);
        const lines = (all: typeof findings) => all.map((one) => JSON.stringify(one)).sort();
        expect(lines(findings)).toEqual(lines(expected.findings));
      }),
    );
  });
});

describe("a case", () => {
  const entry = { customer_id: "acme", feature_id: "credits", included: 5 };
  const monthly = { ...entry, reset: { interval: "month" } };
  const { included: _, ...phased } = entry;
  const phases = [{ included: 5, ends_at: NOW - DAY }, { included: 7 }];
  it.each([
    ["nothing, where only texts for people change", entry, { ...entry, reason: "Renewal" }, []],
    ["nothing, where only the first reset changes", monthly, { ...monthly, next_reset_at: NOW + DAY }, []],
    [
      "only what goes, before what comes starts",
      entry,
      { ...entry, id: "later", starts_at: NOW + DAY },
      ["any"],
    ],
    [
      "only what goes, where what comes is over already",
      entry,
      { ...entry, id: "over", expires_at: NOW - DAY },
      ["any"],
    ],
    ["a row that resets by replacing it", monthly, { ...monthly, included: 6 }, ["any", "replaced"]],
    ["a row that does not reset by an update", entry, { ...entry, included: 6 }, ["any", "updated"]],
    ["the phase that counts now", entry, { ...phased, phases }, ["any", "large"]],
    ["nothing, where only another phase changes", { ...entry, included: 7 }, { ...phased, phases }, []],
  ])("changes what a plan would: %s", (_, was, now, expected) => {
    const rules = [
      { name: "any", when: "true", then: "warn" },
      { name: "large", when: "entry.included > 6.0", then: "warn" },
      { name: "replaced", when: 'change.kind == "replace"', then: "warn" },
      { name: "updated", when: 'change.kind == "update" && entry.included == 6.0', then: "warn" },
      { name: "created", when: 'change.kind == "create"', then: "warn" },
    ];
    const cases = [{ name: "one", was: [was], entries: [now], expect: expected }];
    expect(runCases(parsed(JSON.stringify({ version: 1, rules, cases })), NOW, () => 0)).toEqual([
      { name: "one" },
    ]);
  });
});
