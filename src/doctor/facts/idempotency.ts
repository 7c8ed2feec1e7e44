// The Idempotency-Key header: the lease by which one run at a time works on a customer, and the fence around writes.
import { type Bench, isAnswer, isOk, must, told } from "../bench.ts";
import { CannotTell } from "../cannot-tell.ts";
import { type FactGroup, verdict } from "../fact.ts";

const PARALLEL = 10;
const used = "duplicate_idempotency_key";

export const idempotency: FactGroup = {
  title: "Idempotency keys",
  facts: [
    {
      id: "key-kept-after-success",
      promise: "never_grant_twice",
      expected: "a call repeated under the key of one that succeeded is refused with 409 and has no effect",
      otherwise:
        "Two pipelines at once can grant the same balance twice. Let only one run at a time apply (a concurrency group in CI), and check what stands between: a proxy may drop the header.",
      probe: keptAfterSuccess,
    },
    {
      id: "key-spans-routes",
      promise: "never_grant_twice",
      expected: "a key that one route has taken is refused on every other",
      otherwise:
        "A lease taken by one kind of call does not keep out a run that takes it by another. Let only one run at a time apply.",
      needs: ["key-kept-after-success"],
      probe: spansRoutes,
    },
    {
      id: "key-leases-flush",
      promise: "never_grant_twice",
      expected: "of two updates that add nothing, under one key, the second is refused",
      otherwise:
        "The lease of a customer, which is taken by such an update, keeps nobody out. Let only one run at a time apply.",
      needs: ["key-kept-after-success"],
      probe: leasesFlush,
    },
    {
      id: "key-one-of-ten",
      promise: "never_grant_twice",
      expected: "of ten parallel creates with one key exactly one succeeds, and one row is there",
      otherwise:
        "Runs that cross each other grant more than once. Let only one run at a time apply; the next plan shows what is there twice.",
      needs: ["key-kept-after-success"],
      probe: oneOfTen,
    },
    {
      id: "key-kept-after-conflict",
      promise: "never_grant_twice",
      expected: "a call that ended with 409 keeps its key taken",
      otherwise:
        "A key can be taken again after a conflict. The tool reads back after every conflict and does not rely on the key alone; no action is needed.",
      needs: ["key-kept-after-success", "taken-id-refused"],
      probe: keptAfterConflict,
    },
    {
      id: "key-freed-by-refusal",
      promise: "plan_is_the_truth",
      expected: "a call that was refused (404) frees its key",
      otherwise:
        "After a failure, the same change cannot be made for a day under its key. The outcome says failed; apply again tomorrow, or under another `id`.",
      probe: freedByRefusal,
    },
  ],
};

async function keptAfterSuccess(bench: Bench) {
  const key = bench.key();
  must(await bench.create("a", { included_grant: 10 }, { key }));
  const again = await bench.create("b", { included_grant: 10 }, { key });
  const rows = await bench.rows();
  return verdict(
    isAnswer(again, 409, used) && rows.length === 1,
    `the second call: ${told(again)}; rows: ${rows.length}`,
  );
}

async function spansRoutes(bench: Bench) {
  const key = bench.key();
  must(await bench.post("features.list", {}, { key }));
  const create = await bench.create("a", { included_grant: 10 }, { key });
  const update = await bench.update("a", { add_to_balance: 1 }, { key });
  const read = await bench.post("features.list", {}, { key });
  const answers = [create, update, read];
  return verdict(
    answers.every((answer) => isAnswer(answer, 409, used)),
    `create, update and list under a key of features.list: ${answers.map(told).join(", ")}`,
  );
}

async function leasesFlush(bench: Bench) {
  await bench.given("a", { included_grant: 10 });
  const key = bench.key();
  const first = await bench.update("a", { add_to_balance: 0 }, { key });
  const second = await bench.update("a", { add_to_balance: 0 }, { key });
  return verdict(
    isOk(first) && isAnswer(second, 409, used),
    `the first: ${told(first)}; the second: ${told(second)}`,
  );
}

async function oneOfTen(bench: Bench) {
  const key = bench.key();
  const ids = Array.from({ length: PARALLEL }, (_, index) => `parallel-${index}`);
  const answers = await Promise.all(ids.map((id) => bench.create(id, { included_grant: 10 }, { key })));
  const rows = await bench.rows();
  const succeeded = answers.filter(isOk).length;
  return verdict(
    succeeded === 1 && rows.length === 1,
    `succeeded: ${succeeded} of ${PARALLEL}; rows: ${rows.length}`,
  );
}

async function keptAfterConflict(bench: Bench) {
  const key = bench.key();
  await bench.given("a", { included_grant: 10 });
  const conflict = await bench.create("a", { included_grant: 10 }, { key });
  if (conflict.status !== 409) throw new CannotTell("failed", `no conflict came about: ${told(conflict)}`);
  const again = await bench.create("b", { included_grant: 10 }, { key });
  return verdict(isAnswer(again, 409, used), `after a conflict: ${told(again)}`);
}

async function freedByRefusal(bench: Bench) {
  const key = bench.key();
  const feature_id = `${bench.workshop.name}-no-such-feature`;
  const refused = await bench.create("a", { included_grant: 10, feature_id }, { key });
  if (refused.status !== 404) throw new CannotTell("failed", `no refusal came about: ${told(refused)}`);
  const again = await bench.create("a", { included_grant: 10 }, { key });
  return verdict(isOk(again), `after a 404: ${told(again)}`);
}
