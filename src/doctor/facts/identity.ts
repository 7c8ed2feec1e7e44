// What a balance_id is worth: ownership is written in it, and every change names its row by it.
import { amounts, type Bench, described, has, isOk, must, told } from "../bench.ts";
import { type FactGroup, verdict } from "../fact.ts";

/** One more than a delete finds. */
const MANY_ROWS = 31;

export const identity: FactGroup = {
  title: "Balance ids",
  facts: [
    {
      id: "taken-id-refused",
      promise: "never_grant_twice",
      expected: "creating a balance_id that the customer has is refused with 409, and no row is added",
      otherwise:
        "A create that is repeated after a lost answer grants twice. Do not apply; report it with the version of the server.",
      probe: async (bench) => {
        await bench.given("a", { included_grant: 10 });
        const again = await bench.create("a", { included_grant: 10 });
        const rows = await bench.rows();
        return verdict(
          again.status === 409 && rows.length === 1,
          `the second create: ${told(again)}; rows: ${rows.length}`,
        );
      },
    },
    {
      id: "id-spans-features",
      promise: "never_grant_twice",
      expected: "a balance_id of one feature is refused with 409 on another feature of the customer",
      otherwise:
        "Two rows of a customer can have one id. The tool names the feature in every call, and a plan replaces both; give every entry an `id` of its own.",
      probe: async (bench) => {
        await bench.given("a", { included_grant: 10 });
        const again = await bench.create("a", { included_grant: 10, feature_id: bench.workshop.others });
        return verdict(again.status === 409, `the same id on another feature: ${told(again)}`);
      },
    },
    {
      id: "exact-id-updated",
      promise: "plan_is_the_truth",
      expected: "an update by balance_id changes that row and no other",
      otherwise: "Updates reach rows that no plan shows. Do not apply.",
      probe: exactUpdate,
    },
    {
      id: "unknown-id-not-updated",
      promise: "plan_is_the_truth",
      expected: "adding units to a balance_id that is not there has no effect on any row (200 or 404)",
      otherwise: "A call for a row that is gone changes another one. Do not apply.",
      probe: unknownUpdate,
    },
    {
      id: "exact-id-deleted",
      promise: "never_lose_usage",
      expected: "a delete by balance_id removes that row and no other, and its id is free again",
      otherwise:
        "Deletes reach rows that no plan shows, or leave some. Do not use --prune, nor terraform destroy.",
      probe: exactDelete,
    },
    {
      id: "old-row-reachable",
      promise: "never_lose_usage",
      expected: `with ${MANY_ROWS} rows the oldest one can still be updated, and so be ended`,
      otherwise:
        "Old rows of customers with many balances cannot be changed. The plan's outcome says which; keep fewer than 30 balances for a customer.",
      probe: oldRow,
    },
  ],
};

async function exactUpdate(bench: Bench) {
  await bench.given("a", { included_grant: 10 });
  await bench.given("b", { included_grant: 10 });
  must(await bench.update("b", { included_grant: 25, add_to_balance: 15 }));
  const b = await bench.rowWhen("b", (row) => amounts(row).grant !== 10);
  const a = await bench.row("a");
  return verdict(
    has(b, { grant: 25, remaining: 25 }) && has(a, { grant: 10, remaining: 10 }),
    `the row: ${described(b)}; its neighbour: ${described(a)}`,
  );
}

async function unknownUpdate(bench: Bench) {
  await bench.given("a", { included_grant: 10 });
  const answer = await bench.update("unknown", { add_to_balance: 5 });
  const a = await bench.settledRow("a");
  const isKnownAnswer = isOk(answer) || answer.status === 404;
  return verdict(
    isKnownAnswer && has(a, { grant: 10, remaining: 10 }),
    `${told(answer)}; the row that is there: ${described(a)}`,
    isOk(answer) ? "200 without effect, as in August 2026" : "404, as since October 2026",
  );
}

async function exactDelete(bench: Bench) {
  await bench.given("a", { included_grant: 10 });
  await bench.given("b", { included_grant: 20 });
  const deleted = await bench.delete("a");
  const left = await bench.rows();
  const again = await bench.create("a", { included_grant: 30 });
  const rows = await bench.rows();
  const isRight =
    isOk(deleted) && left.length === 1 && left[0]?.external_id === "b" && isOk(again) && rows.length === 2;
  return verdict(
    isRight,
    `delete: ${told(deleted)}; left: ${left.map(({ external_id }) => external_id).join(", ") || "nothing"}; created again: ${told(again)}`,
  );
}

async function oldRow(bench: Bench) {
  await bench.given("oldest", { included_grant: 10 });
  for (let n = 1; n < MANY_ROWS; n++) await bench.given(`newer-${n}`, { included_grant: 1 });
  const updated = await bench.update("oldest", { included_grant: 20, add_to_balance: 10 });
  const row = await bench.rowWhen("oldest", (now) => amounts(now).grant === 20);
  const deleted = await bench.delete("oldest");
  const isReached = isOk(updated) && has(row, { grant: 20, remaining: 20 });
  return verdict(
    isReached,
    `update: ${told(updated)}, ${described(row)}; delete: ${told(deleted)}`,
    isOk(deleted) ? "deletes find it as well" : "deletes find only the newest 30",
  );
}
