// Ending a row by expires_at: how a balance is retired without losing what was used of it.
import { amounts, type Bench, described, has, isOk, told } from "../bench.ts";
import { type FactGroup, verdict } from "../fact.ts";

const byDelete =
  "Rows cannot be retired by ending them. A replacement fails and says so, and the old balance stays: do not apply replacements.";

export const ending: FactGroup = {
  title: "Ending a balance",
  facts: [
    {
      id: "row-can-be-ended",
      promise: "never_lose_usage",
      expected: "an update with expires_at in a moment is accepted, and the row has that end",
      otherwise: byDelete,
      probe: async (bench) => {
        await bench.given("a", { included_grant: 100 });
        const { answer, at } = await bench.askToEnd("a");
        const row = await bench.rowWhen("a", ({ expires_at }) => expires_at !== null);
        return verdict(
          isOk(answer) && row?.expires_at === at,
          `${told(answer)}; ${endOf(row?.expires_at, at)}`,
        );
      },
    },
    {
      id: "ended-row-readable",
      promise: "never_lose_usage",
      expected: "GET balances/list goes on showing an ended row with its grant and usage",
      otherwise:
        "What has to be carried cannot be read once a balance has ended. Do not apply replacements; an interrupted one loses usage.",
      needs: ["row-can-be-ended", "usage-is-stored"],
      probe: async (bench) => {
        await bench.givenUsed("a", { included_grant: 100 }, 30);
        await bench.givenEnded("a");
        const first = await bench.row("a");
        const second = await bench.settledRow("a");
        return verdict(
          [first, second].every((row) => has(row, { grant: 100, usage: 30 })),
          `after the end: ${described(first)}; 2 s later: ${described(second)}`,
        );
      },
    },
    {
      id: "ended-row-takes-nothing",
      promise: "never_lose_usage",
      expected:
        "what is tracked after the end lands on the successor, and the ended row's usage stands still",
      otherwise:
        "Usage goes on landing on a balance that was replaced, after it was carried: that much is lost. Do not apply replacements.",
      needs: ["ended-row-readable"],
      probe: takesNothing,
    },
    {
      id: "ended-row-keeps-id",
      promise: "never_grant_twice",
      expected: "the balance_id of an ended row stays taken: a create of it is refused with 409",
      otherwise:
        "A balance that has ended can be granted again by a repeated create. Give a balance that is granted anew a new `id`.",
      needs: ["row-can-be-ended", "taken-id-refused"],
      probe: async (bench) => {
        await bench.given("a", { included_grant: 100 });
        await bench.givenEnded("a");
        const again = await bench.create("a", { included_grant: 100 });
        return verdict(again.status === 409, `create: ${told(again)}`);
      },
    },
    {
      id: "ended-row-is-closed",
      promise: "never_lose_usage",
      expected: "an ended row takes no update of its grant or units, and cannot be deleted",
      otherwise:
        "What an ended balance says was used can still be changed by others. Leave ended balances alone in the dashboard until no plan shows them.",
      needs: ["ended-row-readable"],
      probe: isClosed,
    },
    {
      id: "end-cannot-be-cleared",
      promise: "never_grant_twice",
      expected: "expires_at null is refused with 400, and the end stays",
      otherwise:
        "An end can be taken back. No action is needed: the tool does not do it, and a plan shows a balance that others revive.",
      needs: ["row-can-be-ended"],
      probe: async (bench) => {
        const later = Math.round(bench.workshop.now + 86_400_000);
        await bench.given("a", { included_grant: 100, expires_at: later });
        const answer = await bench.update("a", { expires_at: null });
        const row = await bench.settledRow("a");
        return verdict(
          answer.status === 400 && row?.expires_at === later,
          `${told(answer)}; ${endOf(row?.expires_at, later)}`,
        );
      },
    },
    {
      id: "every-kind-ends",
      promise: "never_lose_usage",
      expected:
        "resetting, unlimited, boolean and entity rows can be ended as well, and a boolean granted again",
      otherwise: `Of the kinds that are named: ${byDelete}`,
      needs: ["ended-row-readable"],
      probe: everyKind,
    },
    {
      id: "ended-row-keeps-cycle",
      promise: "never_lose_usage",
      expected: "the next reset of an ended row stays as it was, which tells the cycle it ended in",
      otherwise:
        "Usage of a cycle that is over may be carried into the next one, or usage of this one not. Apply replacements of resetting balances well before their reset.",
      needs: ["ended-row-readable"],
      probe: async (bench) => {
        const next = Math.round(bench.workshop.now + 10 * 86_400_000);
        await bench.given("a", { included_grant: 100, reset: { interval: "month" }, next_reset_at: next });
        const before = (await bench.row("a"))?.next_reset_at ?? null;
        await bench.givenEnded("a");
        const after = (await bench.row("a"))?.next_reset_at ?? null;
        const isKept = before !== null && after === before;
        return verdict(isKept, isKept ? "as it was" : `was ${before ?? "none"}, is ${after ?? "none"}`);
      },
    },
  ],
};

function endOf(at: number | null | undefined, wanted: number): string {
  if (at === undefined) return "no row";
  if (at === null) return "the row has no end";
  return at === wanted ? "the row has that end" : `the row ends ${Math.abs(at - wanted)} ms off`;
}

async function takesNothing(bench: Bench) {
  await bench.givenUsed("a", { included_grant: 100 }, 30);
  await bench.given("b", { included_grant: 100 });
  await bench.givenEnded("a");
  await bench.track(5);
  const b = await bench.rowWhen("b", (row) => amounts(row).usage > 0);
  const a = await bench.settledRow("a");
  return verdict(
    has(a, { usage: 30 }) && has(b, { usage: 5 }),
    `5 more tracked; ended: ${described(a)}; successor: ${described(b)}`,
  );
}

async function isClosed(bench: Bench) {
  await bench.given("a", { included_grant: 100 });
  await bench.givenEnded("a");
  const grant = await bench.update("a", { included_grant: 150 });
  const units = await bench.update("a", { add_to_balance: -10 });
  const deleted = await bench.delete("a");
  const row = await bench.settledRow("a");
  const isRight = grant.status === 404 && deleted.status === 404 && has(row, { grant: 100, remaining: 100 });
  return verdict(
    isRight && (isOk(units) || units.status === 404),
    `grant: ${told(grant)}; units: ${told(units)}; delete: ${told(deleted)}; ${described(row)}`,
    isOk(units) ? "units: 200 without effect" : "units: 404",
  );
}

async function everyKind(bench: Bench) {
  const { flag } = bench.workshop;
  const entity_id = await bench.givenEntity();
  const kinds: readonly { readonly id: string; readonly create: object; readonly target: object }[] = [
    { id: "resetting", create: { included_grant: 10, reset: { interval: "month" } }, target: {} },
    {
      id: "unlimited",
      create: { unlimited: true, feature_id: bench.workshop.others },
      target: { feature_id: bench.workshop.others },
    },
    { id: "boolean", create: { feature_id: flag }, target: { feature_id: flag } },
    { id: "entity", create: { included_grant: 10, entity_id }, target: { entity_id } },
  ];
  let last = 0;
  const refused: string[] = [];
  for (const { id, create, target } of kinds) {
    await bench.given(id, create);
    const { answer, at } = await bench.askToEnd(id, target);
    if (!isOk(answer)) refused.push(`${id} (${told(answer)})`);
    last = at;
  }
  await bench.waitFor(last);
  const rows = await bench.rows();
  const ended = kinds.filter(({ id }) =>
    rows.some((row) => row.external_id === id && row.expires_at !== null && row.expires_at <= last),
  );
  if (refused.length > 0 || ended.length < kinds.length) {
    const open = kinds.filter((kind) => !ended.includes(kind)).map(({ id }) => id);
    return verdict(false, `not ended: ${refused.join(", ") || open.join(", ")}`);
  }
  const again = await bench.create("boolean-again", { feature_id: flag });
  return verdict(isOk(again), `all four ended; the boolean granted again: ${told(again)}`);
}
