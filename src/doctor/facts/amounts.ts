// What updates do to grant and usage: how a grant is changed, and how usage is carried.
import { amounts, type Bench, described, has, isOk, must, told } from "../bench.ts";
import { type FactGroup, verdict } from "../fact.ts";

/** ms in which tracked usage is expected in what is stored. */
const STORE_PATIENCE_MS = 15_000;

export const amountFacts: FactGroup = {
  title: "Amounts",
  facts: [
    {
      id: "usage-is-stored",
      promise: "never_lose_usage",
      expected: "tracked usage is in what GET balances/list shows within 15 s",
      otherwise:
        "Usage that is carried is read too early. The tool reads until it stands still, and takes longer; what comes later than that is lost.",
      probe: async (bench) => {
        await bench.given("a", { included_grant: 100 });
        await bench.track(30);
        const row = await bench.rowWhen("a", (now) => amounts(now).usage === 30, STORE_PATIENCE_MS);
        return verdict(has(row, { grant: 100, usage: 30 }), described(row));
      },
    },
    {
      id: "grant-and-add-keep-usage",
      promise: "never_lose_usage",
      expected: "included_grant with add_to_balance in one update moves the grant and keeps usage",
      otherwise:
        "Changing a grant changes what is used. The tool reads back after each update, and says by how much it is off; do not apply changes of grants.",
      needs: ["usage-is-stored"],
      probe: (bench) =>
        updated(
          bench,
          { included_grant: 150, add_to_balance: 50 },
          { grant: 150, usage: 30, remaining: 120 },
        ),
    },
    {
      id: "grant-alone-keeps-remaining",
      promise: "never_grant_twice",
      expected: "included_grant alone moves the grant and leaves what remains, so usage moves along",
      otherwise:
        "The field means something else now, and with add_to_balance it may add twice. Do not apply changes of grants; update autumn-balances.",
      needs: ["usage-is-stored"],
      probe: (bench) => updated(bench, { included_grant: 150 }, { grant: 150, usage: 80, remaining: 70 }),
    },
    {
      id: "add-carries-usage",
      promise: "never_lose_usage",
      expected: "a negative add_to_balance takes exactly that much from what remains and counts as usage",
      otherwise:
        "Usage is not carried in full when a balance is replaced. The tool reads back and says what is missing; set the balance's usage by hand, or wait for its reset.",
      probe: async (bench) => {
        await bench.given("a", { included_grant: 100 });
        must(await bench.update("a", { add_to_balance: -30 }));
        const row = await bench.rowWhen("a", (now) => amounts(now).remaining !== 100);
        return verdict(has(row, { grant: 100, usage: 30, remaining: 70 }), described(row));
      },
    },
    {
      id: "usage-set-exactly",
      promise: "never_lose_usage",
      expected: "an update with usage sets exactly that usage and keeps the grant",
      otherwise:
        "Where a usage limit cuts what is carried, there is no other way to carry it: such changes fail, and the outcome says by how much.",
      needs: ["usage-is-stored"],
      probe: (bench) => updated(bench, { usage: 45 }, { grant: 100, usage: 45, remaining: 55 }),
    },
    {
      id: "flush-changes-nothing",
      promise: "never_grant_twice",
      expected: "add_to_balance 0 is accepted and changes neither grant nor usage",
      otherwise:
        "The call that every change begins with changes something itself. Do not apply; report it with the version of the server.",
      needs: ["usage-is-stored"],
      probe: flushChangesNothing,
    },
    {
      id: "flush-stores-usage",
      promise: "never_lose_usage",
      expected: "usage tracked just before a create is kept when add_to_balance 0 goes between",
      otherwise:
        "Usage of about the last second is lost whenever a balance is created or deleted. Apply when customers are quiet.",
      needs: ["usage-is-stored", "flush-changes-nothing"],
      probe: flushStores,
    },
    {
      id: "updates-land",
      promise: "plan_is_the_truth",
      expected: "an update that was answered with 200 can be seen in GET balances/list within 6 s",
      otherwise:
        "The tool reads back until a deadline and then says failed although the change may come later. Plan again before you apply again.",
      probe: async (bench) => {
        await bench.given("a", { included_grant: 100 });
        must(await bench.update("a", { add_to_balance: 7 }));
        const atOnce = await bench.row("a");
        if (has(atOnce, { remaining: 107 })) return verdict(true, "seen at once", "at once");
        const row = await bench.rowWhen("a", (now) => amounts(now).remaining === 107);
        return verdict(has(row, { remaining: 107 }), described(row), "later than the answer");
      },
    },
  ],
};

/** A row of 100 with 30 used, an update, and whether it then is as expected. */
async function updated(bench: Bench, change: object, wanted: ReturnType<typeof amounts>) {
  await bench.givenUsed("a", { included_grant: 100 }, 30);
  const answer = await bench.update("a", change);
  const row = await bench.rowWhen("a", (now) => has(now, wanted));
  return verdict(
    isOk(answer) && has(row, wanted),
    `100 granted, 30 used; after ${Object.keys(change).join(" and ")}: ${isOk(answer) ? "" : `${told(answer)}, `}${described(row)}`,
  );
}

async function flushChangesNothing(bench: Bench) {
  await bench.givenUsed("a", { included_grant: 100 }, 30);
  const answer = await bench.update("a", { add_to_balance: 0 });
  const row = await bench.settledRow("a");
  return verdict(isOk(answer) && has(row, { grant: 100, usage: 30 }), `${told(answer)}; ${described(row)}`);
}

async function flushStores(bench: Bench) {
  await bench.given("a", { included_grant: 100 });
  await bench.track(30);
  must(await bench.update("a", { add_to_balance: 0 }));
  await bench.given("b", { included_grant: 1, feature_id: bench.workshop.others });
  const row = await bench.settledRow("a");
  return verdict(
    has(row, { grant: 100, usage: 30 }),
    `30 tracked, flushed, created beside: ${described(row)}`,
  );
}
