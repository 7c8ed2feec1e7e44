// Resets: when they come, what they go back to, and the mark that a successor carries in its next reset.
import { amounts, type Bench, described, has, isOk, must, told } from "../bench.ts";
import { CannotTell } from "../cannot-tell.ts";
import { type FactGroup, verdict } from "../fact.ts";
import { givenDrained } from "./given-drained.ts";

const DAY_MS = 86_400_000;
/** ms from now to the reset that is waited for: a balance is ended before it, which takes a while. */
const UNTIL_RESET_MS = 7_000;
/** How many calls are made before it; the slower they are, the later it has to be. */
const CALLS_BEFORE_RESET = 8;
const month = { reset: { interval: "month" } };

export const cycles: FactGroup = {
  title: "Resets",
  facts: [
    {
      id: "first-reset-kept",
      promise: "never_lose_usage",
      expected: "next_reset_at at creation is kept to the millisecond",
      otherwise:
        "A successor resets at another time than the balance it replaces. Apply replacements of resetting balances right after a reset.",
      probe: async (bench) => {
        const at = Math.round(bench.workshop.now + 10 * DAY_MS) + 7;
        await bench.given("a", { included_grant: 100, ...month, next_reset_at: at });
        return verdict(...sameInstant((await bench.row("a"))?.next_reset_at, at));
      },
    },
    {
      id: "next-reset-moved-with-units",
      promise: "never_lose_usage",
      expected: "one update moves next_reset_at to the millisecond and takes units as well",
      otherwise:
        "Whether usage has been carried to a successor cannot be told from its mark. Do not apply replacements of resetting balances.",
      needs: ["first-reset-kept", "add-carries-usage"],
      probe: movedWithUnits,
    },
    {
      id: "interval-count-defaults",
      promise: "plan_is_the_truth",
      expected: "no interval_count means 1, and a count that was given is shown",
      otherwise: "A plan shows the same replacement again and again. Write `interval_count` in the file.",
      probe: async (bench) => {
        await bench.given("a", { included_grant: 100, ...month });
        await bench.given("b", { included_grant: 100, reset: { interval: "month", interval_count: 2 } });
        const [a, b] = [await bench.row("a"), await bench.row("b")];
        const isRight = [a, b].every((row) => row?.interval === "month");
        const seen = `left out: ${a?.interval_count ?? "none"}; 2: ${b?.interval_count ?? "none"}`;
        return verdict(isRight && a?.interval_count === 1 && b?.interval_count === 2, seen);
      },
    },
    {
      id: "rollover-kept",
      promise: "plan_is_the_truth",
      expected: "a rollover for ever is accepted with a length, and is shown as it was sent",
      otherwise: "Balances with a `rollover` are replaced at every apply. Leave `rollover` out.",
      probe: rollover,
    },
    {
      id: "creation-grant-told",
      promise: "plan_is_the_truth",
      expected: "GET balances/list tells the grant given at creation beside the one that an update made",
      otherwise:
        "A grant that the next reset takes back cannot be seen: `--check-grants` finds nothing. Plan after each reset.",
      probe: async (bench) => {
        await bench.given("a", { included_grant: 100, ...month });
        must(await bench.update("a", { included_grant: 150, add_to_balance: 50 }));
        const row = await bench.rowWhen("a", (now) => amounts(now).grant === 150);
        return verdict(
          row?.allowance === 100 && row.adjustment === 50,
          `at creation ${row?.allowance ?? "none"}, moved by ${row?.adjustment ?? "none"}`,
        );
      },
    },
    {
      id: "grant-falls-back-at-reset",
      promise: "plan_is_the_truth",
      expected: "a reset goes back to the grant given at creation, and not to the one that an update made",
      otherwise:
        "Updates of resetting balances last by now. The tool replaces where an update would do, which is more work and no harm.",
      needs: ["first-reset-kept", "creation-grant-told"],
      probe: goesBack,
    },
    {
      id: "ended-row-stays-at-reset",
      promise: "never_grant_twice",
      expected: "a reset that falls after the end of a row does not bring it back",
      otherwise:
        "A balance that was replaced comes back at its next reset beside its successor. Delete ended balances in the dashboard before their reset.",
      needs: ["first-reset-kept", "add-carries-usage", "ended-row-readable"],
      probe: endedStaysEnded,
    },
    {
      id: "drained-row-returns-at-reset",
      promise: "never_grant_twice",
      expected: "a used-up row comes back at its reset, with its grant",
      otherwise: "Used-up balances do not come back. The customer is short of them: report it.",
      needs: ["first-reset-kept", "usage-is-stored"],
      probe: drainedComesBack,
    },
  ],
};

function sameInstant(seen: number | null | undefined, wanted: number): [boolean, string] {
  if (seen === undefined) return [false, "no row"];
  if (seen === null) return [false, "the row has no next reset"];
  return [seen === wanted, seen === wanted ? "kept" : `${Math.abs(seen - wanted)} ms off`];
}

async function movedWithUnits(bench: Bench) {
  const at = Math.round(bench.workshop.now + 10 * DAY_MS);
  await bench.given("a", { included_grant: 100, ...month, next_reset_at: at + 1 });
  const answer = await bench.update("a", { add_to_balance: -30, next_reset_at: at });
  const row = await bench.rowWhen("a", ({ next_reset_at }) => next_reset_at === at);
  const [isKept, when] = sameInstant(row?.next_reset_at, at);
  return verdict(
    isOk(answer) && isKept && has(row, { grant: 100, remaining: 70 }),
    `${told(answer)}; next reset: ${when}; ${described(row)}`,
  );
}

async function rollover(bench: Bench) {
  const terms = { max: 40, length: 1, duration: "forever" };
  const answer = await bench.create("a", { included_grant: 100, ...month, rollover: terms });
  if (!isOk(answer)) return verdict(false, `create: ${told(answer)}`);
  const kept = (await bench.row("a"))?.rollover ?? null;
  const { length, ...withoutLength } = terms;
  const without = await bench.create("b", { included_grant: 100, ...month, rollover: withoutLength });
  const isRight = kept?.max === 40 && kept.length === length && kept.duration === "forever";
  return verdict(
    isRight,
    kept === null ? "no rollover is shown" : `up to ${kept.max ?? "all"}, ${kept.length} ${kept.duration}`,
    isOk(without) ? "a length may be left out" : "a length has to be sent, as this tool does",
  );
}

/** Waits for a reset. @throws CannotTell when the server makes none in time */
async function afterReset(bench: Bench, balanceId: string, at: number) {
  await bench.waitFor(at);
  // Some servers reset when they are asked about the customer, others on a schedule.
  await bench.shown();
  const row = await bench.rowWhen(
    balanceId,
    ({ next_reset_at }) => next_reset_at !== null && next_reset_at > at,
    bench.workshop.resetPatience,
  );
  if (row?.next_reset_at == null || row.next_reset_at <= at) {
    const seconds = Math.round(bench.workshop.resetPatience / 1000);
    throw new CannotTell("slow", `no reset came within ${seconds} s of when it was due; --slow waits longer`);
  }
  return row;
}

/** When the reset is to be: the slower calls are, the later. */
async function soon(bench: Bench): Promise<number> {
  const before = bench.workshop.localNow;
  await bench.rows();
  const took = bench.workshop.localNow - before;
  return Math.round(bench.workshop.now + UNTIL_RESET_MS + took * CALLS_BEFORE_RESET);
}

/** Makes sure that the reset is still to come. @throws CannotTell when what goes before it took too long */
function beforeReset(bench: Bench, at: number): void {
  if (bench.workshop.now < at) return;
  throw new CannotTell(
    "failed",
    "calls took so long that the reset came first; try again when less is going on",
  );
}

async function goesBack(bench: Bench) {
  const at = await soon(bench);
  await bench.given("a", { included_grant: 100, ...month, next_reset_at: at });
  must(await bench.update("a", { included_grant: 150, add_to_balance: 50 }));
  beforeReset(bench, at);
  const row = await afterReset(bench, "a", at);
  return verdict(
    has(row, { grant: 100, usage: 0 }),
    `100 at creation, 150 by update; after the reset: ${described(row)}`,
  );
}

async function endedStaysEnded(bench: Bench) {
  const at = await soon(bench);
  await bench.given("a", { included_grant: 100, ...month, next_reset_at: at });
  await bench.given("b", { included_grant: 100, ...month, next_reset_at: at });
  must(await bench.update("a", { add_to_balance: -30 }));
  await bench.givenEnded("a");
  beforeReset(bench, at);
  await afterReset(bench, "b", at);
  const row = await bench.row("a");
  const isShown = (await bench.shown()).rows.some(({ id }) => id === "a");
  return verdict(
    !isShown && has(row, { grant: 100, usage: 30 }),
    `customers.get: ${isShown ? "shown" : "hidden"}; GET balances/list: ${described(row)}`,
  );
}

async function drainedComesBack(bench: Bench) {
  const at = await soon(bench);
  await givenDrained(bench, "a", { ...month, next_reset_at: at });
  beforeReset(bench, at);
  const row = await afterReset(bench, "a", at);
  return verdict(has(row, { grant: 10, remaining: 10 }), `after the reset: ${described(row)}`);
}
