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

it("a balance is not called cut where only a row that came back at its reset ends", () => {
  const back = row({ balanceId: "test:api_calls", grant: 30 });
  const reasons = [{ code: "interrupted", text: "it came back" }] as const;
  const one = { row: row({ grant: 100 }), retires: [back], reasons, desired: desired(), granted: -30 };
  expect(seen(change("replace", one))).toEqual(["replace"]);
});
