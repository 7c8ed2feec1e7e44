// What a reader has to see first, and only where it is so.
import { expect, it } from "vitest";
import type { Change } from "../../src/reconcile/index.ts";
import { attentions } from "../../src/report/attention.ts";
import { change, desired, plan, row } from "./plans.ts";

const seen = (one: Change): string[] => attentions(plan({ changes: [one] })).map(({ kind }) => kind);

it("a balance that takes over another row is not called cut, unless its own grant is lowered", () => {
  const taken = row({ balanceId: "by-hand", grant: 50 });
  const reasons = [{ code: "takes-over", text: "by-hand is taken over" }] as const;
  const joins = { row: row({ grant: 100 }), retires: [taken], reasons };
  expect(seen(change("replace", { ...joins, desired: desired(), granted: -50 }))).toEqual(["replace"]);
  const lower = { desired: desired({ included: 70 }), granted: -80 };
  expect(seen(change("replace", { ...joins, ...lower }))).toEqual(["cut", "replace"]);
});
