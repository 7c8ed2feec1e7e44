// What reads show and hide: a plan is made from them, and what none of them shows is granted again.
import { type Bench, must } from "../bench.ts";
import { CannotTell } from "../cannot-tell.ts";
import { type FactGroup, verdict } from "../fact.ts";
import { givenDrained } from "./given-drained.ts";

const ALL = ["drained", "live", "ended", "entity", "boolean", "unlimited"] as const;

export const reads: FactGroup = {
  title: "Reads",
  facts: [
    {
      id: "raw-read-complete",
      promise: "never_grant_twice",
      expected: "GET balances/list shows live, used-up, ended, unlimited, boolean and entity rows",
      otherwise:
        "A balance that is not shown is taken for missing. The tool's create is refused where the id is taken; do not apply where a plan creates what is there.",
      needs: ["ended-row-readable"],
      probe: async (bench) => {
        await givenEveryKind(bench);
        return complete((await bench.rows()).map(({ external_id }) => external_id));
      },
    },
    {
      id: "balances-list-complete",
      promise: "never_grant_twice",
      expected: "POST balances.list, where the server has it, shows the same rows",
      otherwise:
        "The tool reads by balances.list where the server has it, and takes for missing what it does not show. Do not apply where a plan creates what is there.",
      needs: ["row-can-be-ended", "usage-is-stored"],
      probe: async (bench) => {
        // Asked first, as a server without it needs no rows to say so.
        if ((await bench.listed()) === undefined) {
          return verdict(true, "the server does not have it; it is read in another way", "not there");
        }
        await givenEveryKind(bench);
        return complete(
          ((await bench.listed()) ?? []).map(({ id }) => id),
          "there",
        );
      },
    },
    {
      id: "listed-amounts-agree",
      promise: "never_lose_usage",
      expected:
        "customers.get, and balances.list where there is one, tell the grant and usage that are stored",
      otherwise:
        "Reads contradict each other, and so may what is carried. Do not apply changes of used balances.",
      needs: ["usage-is-stored", "grant-and-add-keep-usage"],
      probe: amountsAgree,
    },
    {
      id: "entity-rows-told-apart",
      promise: "never_grant_twice",
      expected: "an entity's row names its entity in GET balances/list, and is not among the customer's own",
      otherwise:
        "A balance of an entity is taken for one of the customer, or the other way round. Do not declare balances with `entity_id`.",
      probe: async (bench) => {
        const entity_id = await bench.givenEntity();
        await bench.given("entity", { included_grant: 10, entity_id });
        await bench.given("own", { included_grant: 10 });
        const [entity, own] = [await bench.row("entity"), await bench.row("own")];
        const isShown = (await bench.shown()).rows.some(({ id }) => id === "entity");
        return verdict(
          entity?.internal_entity_id != null && own?.internal_entity_id === null && !isShown,
          `GET balances/list: ${entity?.internal_entity_id == null ? "no entity" : "with its entity"}; customers.get: ${isShown ? "shown" : "hidden"}`,
        );
      },
    },
  ],
};

/** Makes a row of every kind, each with its kind for an id. */
async function givenEveryKind(bench: Bench): Promise<void> {
  const { flag, others } = bench.workshop;
  const entity_id = await bench.givenEntity();
  await givenDrained(bench, "drained");
  await bench.given("live", { included_grant: 10 });
  await bench.given("ended", { included_grant: 10 });
  await bench.given("entity", { included_grant: 10, entity_id });
  await bench.given("boolean", { feature_id: flag });
  await bench.given("unlimited", { unlimited: true, feature_id: others });
  await bench.givenEnded("ended");
}

function complete(ids: readonly (string | null)[], variant?: string) {
  const missing = ALL.filter((kind) => !ids.includes(kind));
  return verdict(
    missing.length === 0,
    missing.length === 0 ? "all of them" : `not shown: ${missing.join(", ")}`,
    variant,
  );
}

async function amountsAgree(bench: Bench) {
  await bench.givenUsed("a", { included_grant: 100 }, 30);
  must(await bench.update("a", { included_grant: 150, add_to_balance: 50 }));
  await bench.settledRow("a");
  const shown = (await bench.shown()).rows.find(({ id }) => id === "a");
  const listed = (await bench.listed())?.find(({ id }) => id === "a");
  if (shown === undefined) throw new CannotTell("failed", "customers.get does not show the row");
  const reads = listed === undefined ? [shown] : [shown, listed];
  const seen = reads.map(({ included_grant, usage }) => `${included_grant} granted, ${usage} used`);
  const isRight = reads.every(({ included_grant, usage }) => included_grant === 150 && usage === 30);
  return verdict(isRight, `stored: 150 granted, 30 used; read: ${seen.join("; ")}`);
}
