// What a schedule reports. The golden files are the specification: look at them when they change.
import { describe, expect, it } from "vitest";
import { driftJson, jsonText } from "../../src/document/index.ts";
import { type Change, type Drift, driftOf, type Row } from "../../src/reconcile/index.ts";
import { driftNotes, driftText } from "../../src/report/index.ts";
import { change, desired, monthly, plan, plans, row } from "./plans.ts";
import { describes, validates } from "./published-schema.ts";

const DAY = 86_400_000;
const NOW = plan().madeAt;
const RESET = Date.parse("2026-12-01T00:00:00Z");

const missing = change("create", { desired: desired({ included: 50_000, reset: monthly }) });
const bentRow = row({ grant: 60_000, creationGrant: 50_000, usage: 2_000, reset: monthly, resetsAt: RESET });
const bent = change("update", {
  desired: desired({ customerId: "globex", included: 50_000, reset: monthly }),
  row: bentRow,
  fields: [{ field: "included", from: 60_000, to: 50_000 }],
});
const lasting = change("replace", {
  desired: desired({
    customerId: "globex",
    featureId: "exports",
    key: "exports",
    included: 60_000,
    reset: monthly,
  }),
  row: { ...bentRow, featureId: "exports" },
  reasons: [
    {
      code: "reset-would-revert",
      text: "it reads 60,000 now, but each reset goes back to the 50,000 given at creation",
    },
  ],
});
const waiting = change("blocked", {
  desired: desired({ customerId: "initech", key: "old" }),
  row: row({ usage: 100, reset: monthly, resetsAt: RESET }),
  reasons: [{ code: "waits-for-reset", text: "contracts:old is used up until its reset" }],
  unblocksAt: RESET,
});
const undeclared = change("delete", {
  customerId: "initech",
  featureId: "storage",
  key: "storage",
  row: row({ featureId: "storage", grant: 10, usage: 4 }),
});
const expiring = (n: number): Change => {
  const expiresAt = NOW + (n + 1) * DAY;
  const ends: Partial<Row> = { balanceId: `contracts:trial-${n}`, usage: 20, expiresAt };
  return change("none", { desired: desired({ key: `trial-${n}`, expiresAt }), row: row(ends) });
};

const drifts: Readonly<Record<string, Drift>> = {
  everything: driftOf(
    plan({
      changes: [missing, bent, lasting, waiting, undeclared],
      leftOver: plans["nothing-but-left-overs"]?.leftOver ?? [],
      warnings: [{ code: "ends-soon", message: "contracts:trial of acme ends on 2026-11-25T00:00:00Z" }],
    }),
    [expiring(1), expiring(0)],
    7 * DAY,
  ),
  one: driftOf(plan({ changes: [missing] }), [], 7 * DAY),
  nothing: driftOf(plan(), [], 7 * DAY),
  "nothing-but-notes": driftOf(plan({ changes: [waiting] }), [expiring(0)], 36 * 3_600_000),
};

describe("drift as text", () => {
  it.each(Object.entries(drifts))("%s", async (name, drift) => {
    const text = `${driftText(drift)}--- notes ---\n${driftNotes(drift)}`;
    await expect(text).toMatchFileSnapshot(`golden/drift-${name}.txt`);
  });

  it("in colours says the same", () => {
    const { everything } = drifts;
    if (!everything) throw new Error("there is no such drift");
    const coloured = driftText(everything, { colours: true });
    expect(coloured).toContain("\u001b[31m");
    expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).toBe(driftText(everything));
  });

  it("leaves out what waits first, and says so", () => {
    const { everything } = drifts;
    if (!everything) throw new Error("there is no such drift");
    const text = driftText(everything, { most: 4 });
    expect(text).toContain("… and 1 more difference: --full shows all of them");
    expect(text).not.toContain("waits until");
  });

  it("names --prune only for rows that nothing else deletes", () => {
    const left: Change = {
      ...undeclared,
      reasons: [{ code: "left-group", text: "its customer left the group storage" }],
    };
    const wayOut = (...changes: Change[]): string =>
      driftText(driftOf(plan({ changes }), [], DAY))
        .trimEnd()
        .split("\n")
        .at(-1) ?? "";
    expect(wayOut(left)).toContain("`autumn-balances apply` brings back");
    expect(wayOut(left, undeclared)).toContain("`autumn-balances apply --prune` brings back");
  });

  it("does not list hundreds of balances that expire", () => {
    const many = driftOf(
      plan(),
      Array.from({ length: 25 }, (_, n) => expiring(n)),
      30 * DAY,
    );
    expect(driftNotes(many)).toContain("25 balances expire within 30 days");
    expect(driftNotes(many)).toContain("… and 5 more");
  });
});

describe("drift as JSON", () => {
  it.each(Object.entries(drifts))("%s", async (name, drift) => {
    const text = jsonText(driftJson(drift, []));
    const document: unknown = JSON.parse(text);
    expect(validates(document), JSON.stringify(validates.errors)).toBe(true);
    expect(describes(document), JSON.stringify(describes.errors?.slice(0, 3))).toBe(true);
    if (name !== "nothing") await expect(text).toMatchFileSnapshot(`golden/drift-${name}.json`);
  });
});
