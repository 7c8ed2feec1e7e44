// A plan as a file: nothing is lost on the way, and nothing that was altered gets through.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  claimKeyOf,
  ForeignPlanError,
  kindOfDocument,
  lifetimeOf,
  MAX_LENGTH,
  planJson,
  readSavedPlan,
  type SavedPlan,
  savedPlanText,
  showSavedPlan,
} from "../../src/document/index.ts";
import type { Plan } from "../../src/reconcile/index.ts";
import { ProblemsError } from "../../src/schema/index.ts";
import { anyPlan } from "../report/arbitrary.ts";
import { desired, plans } from "../report/plans.ts";
import { describes } from "../report/published-schema.ts";

const KEY = "am_sk_test_kept4nobodyelse";
const VERSION = "1.2.3";

function saved(plan: Plan, fields: Partial<SavedPlan> = {}): SavedPlan {
  return {
    id: "0123456789abcdef0123456789abcdef",
    toolVersion: VERSION,
    plan,
    refusals: [
      { code: "too-many-deletes", message: "deletes 41 rows", hint: "pass --force", forcible: true },
    ],
    balances: [desired(), desired({ customerId: "globex" })],
    createCustomers: true,
    appliedAt: null,
    ...fields,
  };
}

const everyKind = plans["every-kind"] as Plan;
const text = savedPlanText(saved(everyKind), KEY);

/** The code of what is wrong, and whether it is about whose the plan is. */
function complaint(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    return `${error.problems[0]?.code}${error instanceof ForeignPlanError ? " (foreign)" : ""}`;
  }
  return "none";
}
const reading = (content: string, key = KEY, version = VERSION): string =>
  complaint(() => readSavedPlan(content, key, version));

/** The file with another value at a path; `undefined` takes it away. */
function altered(path: string, value: unknown): string {
  const document = JSON.parse(text);
  const names = path.split(".");
  const last = names.pop() ?? "";
  const owner = names.reduce((object, name) => object[name], document);
  if (value === undefined) delete owner[last];
  else Object.defineProperty(owner, last, { value, enumerable: true });
  return JSON.stringify(document);
}

describe("a saved plan", () => {
  it("is read as it was written, whatever is in it", () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const before = saved(plan);
        const after = readSavedPlan(savedPlanText(before, KEY), KEY, VERSION);
        expect(planJson(after.plan, after.refusals)).toEqual(planJson(plan, before.refusals));
      }),
    );
    const { plan, balances, ...rest } = readSavedPlan(text, KEY, VERSION);
    const { plan: plan_, balances: balances_, ...expected } = saved(everyKind);
    expect(rest).toEqual(expected);
    expect(plan).toEqual(everyKind);
    expect(balances).toEqual([desired(), desired({ customerId: "globex" })]);
  });

  it("is described by the published schema", () => {
    expect(describes(JSON.parse(text)), JSON.stringify(describes.errors)).toBe(true);
    expect(JSON.parse(text).expires_at).toBe("2026-11-23T13:00:00Z");
  });

  it("holds the entries of the customers that it changes, and of nobody else", () => {
    const balances = [desired(), desired({ customerId: "somebody-else" })];
    const document = JSON.parse(savedPlanText(saved(everyKind, { balances }), KEY));
    expect(document.entries).toMatchObject([{ customer_id: "acme" }]);
  });

  it("holds nothing of the key, and is refused when an id does", () => {
    expect(text).not.toContain(KEY.slice(12));
    const plan = { ...everyKind, baseUrl: `https://${KEY}` };
    expect(complaint(() => savedPlanText(saved(plan), KEY))).toBe("secret-in-plan");
  });

  it("may be written in another layout, as long as it says the same", () => {
    const document = JSON.parse(text);
    for (const indent of [undefined, 2, "\t"]) {
      expect(reading(JSON.stringify(document, null, indent))).toBe("none");
    }
  });

  it.each([
    ["plan.changes.0.desired.included", 60_000],
    ["plan.changes.1.row.grant", 101],
    ["plan.changes", []],
    ["plan.made_at", "2026-11-24T14:00:00Z"],
    ["plan.limits.granted.api_calls", 2],
    ["plan.base_url", "https://evil.example"],
    ["entries.0.included", 101],
    ["id", "f".repeat(32)],
    ["applied_at", "2026-11-24T14:00:00Z"],
    ["plan.lifted", planJson(everyKind, saved(everyKind).refusals).refusals],
    ["extra", 1],
    ["__proto__", 1],
    ["signature", "hmac-sha256:"],
    ["signature", "none"],
  ])("is refused when it was altered: %s", (path, value) => {
    expect(reading(altered(path, value))).toBe("plan-altered (foreign)");
    expect(complaint(() => showSavedPlan(altered(path, value), KEY))).toBe("plan-altered (foreign)");
  });

  it("is never another plan, whichever character is another", () => {
    const expected = planJson(everyKind, saved(everyKind).refusals);
    const character = fc.oneof(
      fc.constantFrom(...'0123456789{}[]",:_ae\\'),
      fc.string({ unit: "binary", maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.nat(3), character, (at, removed, put) => {
        const other = text.slice(0, at) + put + text.slice(at + removed);
        if (reading(other) !== "none") return;
        const { plan, refusals } = readSavedPlan(other, KEY, VERSION);
        expect(planJson(plan, refusals)).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  it("is refused for another key, and says when that is of another environment", () => {
    expect(reading(text, "am_sk_test_of_another_organisation")).toBe("other-key (foreign)");
    expect(reading(text, "am_sk_live_kept4nobodyelse")).toBe("other-environment (foreign)");
  });

  it.each([
    ["cut off", text.slice(0, -100), "plan-damaged"],
    ["cut off early", text.slice(0, 100), "plan-damaged"],
    ["of another version", text, "other-version (foreign)"],
    ["of another format", altered("format_version", "2"), "other-version (foreign)"],
    ["of another tool", altered("tool", "terraform"), "other-tool"],
    ["without a plan", altered("plan", []), "plan-altered (foreign)"],
    ["without a signature", altered("signature", null), "plan-damaged"],
    ["what plan --format json prints", JSON.stringify(planJson(everyKind, [])), "not-a-plan"],
    ["something else", "balances: []", "not-a-plan"],
    ["nothing", "", "not-a-plan"],
    [
      "nested without end",
      `{"format_version":"1","kind":"saved_plan","tool":"autumn-balances","tool_version":"${VERSION}","signature":"","key_id":${JSON.stringify(JSON.parse(text).key_id)},"plan":${"[".repeat(200_000)}${"]".repeat(200_000)}}`,
      // Node 26 parses it.
      expect.stringMatching(/^plan-(damaged$|altered )/),
    ],
  ])("is none when it is %s", (what, content, code) => {
    expect(reading(content, KEY, what === "of another version" ? "1.2.4" : VERSION)).toEqual(code);
  });

  it.each([
    ["plan.changes", {}],
    ["plan.changes.0.granted", "1"],
    ["plan.changes.0.kind", "constructor"],
    ["plan.made_at", "soon"],
    ["plan.changes.0.desired.unlimited", undefined],
    ["plan.limits.granted", undefined],
    ["plan.changes.0.desired.reset.interval", "one_off"],
  ])("is not shown without its key when it is damaged: %s", (path, value) => {
    expect(complaint(() => showSavedPlan(altered(path, value), undefined))).toBe("plan-damaged");
  });

  it("is shown without its key, which is said", () => {
    expect(showSavedPlan(text, undefined)).toMatchObject({ trust: "no-key", saved: { plan: everyKind } });
    expect(showSavedPlan(text, "am_sk_test_other").trust).toBe("other-key");
    expect(showSavedPlan(text, KEY).trust).toBe("signed");
  });

  it("can be applied for less time than Autumn remembers that it was", () => {
    const { madeAt } = everyKind;
    const states = [-400_000, -1, 0, 22 * 3_600_000, 23 * 3_600_000, 24 * 3_600_000].map(
      (ms) => lifetimeOf(saved(everyKind), madeAt + ms).state,
    );
    expect(states).toEqual(["to-come", "valid", "valid", "valid", "over", "over"]);
  });

  it("is claimed under a key of its own", () => {
    const keys = ["a", "b", "b"].map((id) => claimKeyOf(saved(everyKind, { id })));
    expect(keys[0]).not.toBe(keys[1]);
    expect(keys[1]).toBe(keys[2]);
    expect(keys[0]).toMatch(/^autumn-balances-plan-[\w-]{43}$/);
  });

  it("is told from a balances file by its beginning", () => {
    expect(kindOfDocument(text.slice(0, 100))).toBe("saved_plan");
    expect(kindOfDocument(JSON.stringify(planJson(everyKind, []), null, 2))).toBe("plan");
    expect(kindOfDocument('{"version": 1, "namespace": "contracts", "balances": []}')).toBeUndefined();
    expect(kindOfDocument('version: 1\n# "kind": "saved_plan"')).toBeUndefined();
  });
});

describe("a plan that is too large for a file", () => {
  it("is not saved, as it could not be read: in bytes, which ids take more of than characters", () => {
    const [change] = everyKind.changes;
    if (change === undefined) throw new Error("the plan has no change");
    // A third of the limit in characters, and all of it in bytes.
    const id = "漢".repeat(MAX_LENGTH / 3 / 8);
    const changes = Array.from({ length: 3 }, () => ({ ...change, customerId: id, key: id, balanceId: id }));
    const large = { ...everyKind, changes };
    expect(complaint(() => savedPlanText(saved(large, { balances: [] }), KEY))).toBe("too-large");
    const small = { ...everyKind, changes: [{ ...change, customerId: "漢", key: "漢" }] };
    expect(complaint(() => savedPlanText(saved(small), KEY))).toBe("none");
  });
});
