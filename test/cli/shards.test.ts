// --shard: several command lines at a time do the work of one.
import { describe, expect, it } from "vitest";
import { describes } from "../report/published-schema.ts";
import { balances, emulator, folder, run } from "./helper.ts";

const CUSTOMERS = Array.from({ length: 10 }, (_, n) => `c${n}`);
const entries = CUSTOMERS.map((customer_id) => ({ customer_id, feature_id: "api_calls", included: 100 }));
const COUNT = 3;
const SHARDS = [1, 2, 3].map((index) => `${index}/${COUNT}`);

async function world(settings: object = {}) {
  const autumn = await emulator(CUSTOMERS.map((id) => ({ id })));
  return { autumn, cwd: folder({ "balances.yaml": balances(entries, settings) }) };
}

describe("--shard", () => {
  it("splits a plan, and each part says which it is", async () => {
    const { autumn, cwd } = await world();
    const plans = await Promise.all(
      SHARDS.map((shard) => run(["plan", "--shard", shard, "--format", "json"], { cwd, env: autumn.env })),
    );
    const documents = plans.map(({ stdout }) => JSON.parse(stdout));
    for (const document of documents)
      expect(describes(document), JSON.stringify(describes.errors)).toBe(true);
    expect(documents.map(({ shard }) => shard)).toEqual(
      SHARDS.map((_, n) => ({ index: n + 1, count: COUNT })),
    );
    const granted = documents.flatMap(({ changes }) =>
      changes.map((change: { customer_id: string }) => change.customer_id),
    );
    expect(granted.sort()).toEqual(CUSTOMERS);
    const text = await run(["plan", "--shard", "2/3"], { cwd, env: autumn.env });
    expect(text.stdout).toContain(", shard 2/3, ");
  });

  it("applied by all at once, leaves nothing to do", async () => {
    const { autumn, cwd } = await world();
    const applied = await Promise.all(
      SHARDS.map((shard) => run(["apply", "--yes", "--shard", shard], { cwd, env: autumn.env })),
    );
    expect(applied.map(({ code }) => code)).toEqual([0, 0, 0]);
    const left = await run(["plan", "--detailed-exitcode"], { cwd, env: autumn.env });
    expect(left.code).toBe(0);
    expect(left.stdout).toContain("10 balances are as declared");
  });

  it("has a part of the pace, unless --rate says how fast each is", async () => {
    const { autumn, cwd } = await world();
    const ms = async (...args: string[]): Promise<number> => {
      const { stdout } = await run(["plan", "--format", "json", ...args], { cwd, env: autumn.env });
      const { estimate, summary } = JSON.parse(stdout);
      return estimate.ms / summary.create;
    };
    expect(await ms()).toBe(50);
    expect(await ms("--shard", "1/3")).toBeCloseTo(150, 0);
    expect(await ms("--shard", "1/3", "--rate", "10")).toBeCloseTo(100, 0);
  });

  it("has a part of the limits of the file, unless an option says how much each may do", async () => {
    const { autumn, cwd } = await world({ limits: { granted: { api_calls: 600 } } });
    const plan = (...args: string[]) =>
      run(["plan", "--format", "json", "--shard", "1/3", ...args], { cwd, env: autumn.env });
    const { limits } = JSON.parse((await plan()).stdout);
    expect(limits).toMatchObject({ deletes: 3, delete_percent: 30, granted: { api_calls: 200 } });
    const wider = JSON.parse((await plan("--limit-deletes", "8", "--limit-granted", "api_calls=500")).stdout);
    expect(wider.limits).toMatchObject({ deletes: 8, replaces: 3, granted: { api_calls: 500 } });
  });
});
