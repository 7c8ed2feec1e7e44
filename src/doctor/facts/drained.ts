// A drained row: one with exactly nothing left, which Autumn hides and does not delete.
import { described, has, told } from "../bench.ts";
import { type FactGroup, verdict } from "../fact.ts";
import { givenDrained } from "./given-drained.ts";

export const drained: FactGroup = {
  title: "Used-up balances",
  facts: [
    {
      id: "drained-row-hidden",
      promise: "never_grant_twice",
      expected: "a used-up row is not in customers.get, and is in GET balances/list",
      otherwise:
        "Either used-up balances are shown now, and no action is needed; or nothing shows them, and a plan would grant them again: then do not apply.",
      needs: ["usage-is-stored"],
      probe: async (bench) => {
        await givenDrained(bench, "a");
        const row = await bench.row("a");
        const isShown = (await bench.shown()).rows.some(({ id }) => id === "a");
        return verdict(
          !isShown && has(row, { grant: 10, remaining: 0 }),
          `customers.get: ${isShown ? "shown" : "hidden"}; GET balances/list: ${described(row)}`,
        );
      },
    },
    {
      id: "drained-row-keeps-id",
      promise: "never_grant_twice",
      expected: "the balance_id of a used-up row stays taken: a create of it is refused with 409",
      otherwise:
        "A balance that has been used up can be granted again by a repeated create. Do not apply; report it with the version of the server.",
      needs: ["usage-is-stored", "taken-id-refused"],
      probe: async (bench) => {
        await givenDrained(bench, "a");
        const again = await bench.create("a", { included_grant: 10 });
        return verdict(again.status === 409, `create: ${told(again)}`);
      },
    },
    {
      id: "drained-row-is-closed",
      promise: "plan_is_the_truth",
      expected: "a used-up row can be neither ended nor deleted (404)",
      otherwise:
        "The tool calls such a balance blocked until its reset although the server could remove it by now. Remove it in the dashboard if it is in the way.",
      needs: ["usage-is-stored"],
      probe: async (bench) => {
        await givenDrained(bench, "a");
        const { answer: end } = await bench.askToEnd("a");
        const deleted = await bench.delete("a");
        return verdict(
          end.status === 404 && deleted.status === 404,
          `end: ${told(end)}; delete: ${told(deleted)}`,
        );
      },
    },
    {
      id: "drained-successor-takes-over",
      promise: "never_lose_usage",
      expected: "what is tracked once a row is used up lands on the next row of the feature",
      otherwise:
        "Usage is refused or lost while a customer has something left. Give a customer one balance of a feature.",
      needs: ["usage-is-stored"],
      probe: async (bench) => {
        await givenDrained(bench, "a");
        await bench.given("b", { included_grant: 10 });
        await bench.track(4);
        const b = await bench.rowWhen("b", (row) => has(row, { usage: 4 }));
        const a = await bench.row("a");
        return verdict(
          has(a, { usage: 10 }) && has(b, { usage: 4 }),
          `used up: ${described(a)}; next: ${described(b)}`,
        );
      },
    },
  ],
};
