// What the changes of one customer share: the customer is taken for all of them, and given back with the last.
import { expect, it } from "vitest";
import { AutumnClient, type Clock, systemClock } from "../../src/autumn/index.ts";
import type { RunningEmulator } from "../../src/emulator/index.ts";
import { Balances } from "../../src/provider/engine.ts";
import type { CtyObject } from "../../src/provider/protocol/index.ts";
import { balanceSchema } from "../../src/provider/schema.ts";
import { desiredOf } from "../../src/provider/values.ts";
import { LEVELS, World } from "../reconcile/world.ts";
import { rowsOf, start } from "./acceptance/world.ts";

const NOTHING: CtyObject = {
  ...Object.fromEntries(Object.keys(balanceSchema.attributes).map((name) => [name, null])),
  customer_id: "acme",
  feature_id: "api_calls",
};
const NEVER = new AbortController().signal;

/** What one process of the provider has, and how long it waited for anything, in ms. */
function aProcess({ url, key }: RunningEmulator) {
  const waits: number[] = [];
  const clock: Clock = {
    ...systemClock,
    sleep: (ms, until) => {
      waits.push(ms);
      return systemClock.sleep(ms, until);
    },
  };
  const api = new AutumnClient({ baseUrl: url, secretKey: key, requestsPerSecond: 1000 });
  const options = { namespace: "terraform", environment: null, baseUrl: url, clock };
  return { balances: new Balances(api, options), waits };
}

/** Ten balances of one customer, all asked for at once, as Terraform does. */
function grantTen(balances: Balances, included: number, signal = NEVER) {
  return Promise.all(
    Array.from({ length: 10 }, async (_, n) => {
      const desired = desiredOf({ ...NOTHING, balance_id: `b${n}`, included: BigInt(included) });
      await balances.allFeatures();
      const change = await balances.changeOf(desired, null, null);
      return balances.inTurn(desired.customerId, () => balances.apply(change, signal));
    }),
  );
}

it("gives the customer back with the last of its changes: the next process does not wait", async () => {
  const emulator = await start("2026-10");
  const first = aProcess(emulator);
  const granted = await grantTen(first.balances, 100);
  expect(granted.map(({ result }) => result)).toEqual(Array(10).fill("converged"));
  const next = aProcess(emulator);
  const raised = await grantTen(next.balances, 110);
  expect(raised.map(({ result }) => result)).toEqual(Array(10).fill("converged"));
  expect((await rowsOf(emulator, "acme")).map(({ grant }) => grant)).toEqual(Array(10).fill(110));
  expect([...first.waits, ...next.waits].filter((ms) => ms > 1000)).toEqual([]);
});

it("begins no change that waits for its turn once Terraform was interrupted", async () => {
  const emulator = await start("2026-10");
  const { balances } = aProcess(emulator);
  const outcomes = await grantTen(balances, 100, AbortSignal.abort());
  expect(outcomes.map(({ result }) => result)).toEqual(Array(10).fill("not_tried"));
  expect(await rowsOf(emulator, "acme")).toEqual([]);
});

it.each(LEVELS)(
  "grants nothing by what was read long before, which another run may have granted since (%s)",
  async (level) => {
    const world = new World({ level });
    const options = { namespace: "test", environment: null, baseUrl: "http://autumn", clock: world.clock };
    const balances = new Balances(world.client(), options);
    await balances.allFeatures();
    const changes = await Promise.all(
      ["acme", "globex"].map((customer_id) =>
        balances.changeOf(desiredOf({ ...NOTHING, customer_id, included: 100n }), null, null),
      ),
    );
    // Another run grants it to one of the two and replaces it, and all of it is used.
    const granted = { customer_id: "acme", feature_id: "api_calls", included: 100 };
    await world.converge([granted]);
    await world.converge([{ ...granted, reset: { interval: "month" } }], { retire: "delete" });
    await world.use("acme", "api_calls", 100);
    world.ms += 20 * 60_000;
    const outcomes = await Promise.all(
      changes.map((change) => balances.inTurn(change.customerId, () => balances.apply(change, NEVER))),
    );
    expect(outcomes.map(({ result }) => result)).toEqual(["not_tried", "converged"]);
    expect(await world.rows("acme")).toMatchObject([{ id: "test:api_calls~2", usage: 100 }]);
    expect(await world.rows("globex")).toMatchObject([{ id: "test:api_calls", grant: 100 }]);
  },
);
