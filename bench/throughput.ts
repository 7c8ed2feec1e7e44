// How fast rows are created at the limits of production, in real time over real HTTP, alone and beside production
// traffic. Whether the pace is right is tested in simulated time, where the load of the machine does not matter.
import { setTimeout as sleep } from "node:timers/promises";
import { AutumnClient, type CallRecord } from "../src/autumn/index.ts";
import { type RunningEmulator, startEmulator } from "../src/emulator/index.ts";

/** Calls a second. */
const PUBLISHED_LIMIT = 25;

async function withProduction(work: (emulator: RunningEmulator) => Promise<void>): Promise<void> {
  const emulator = await startEmulator({
    port: 0,
    limits: "production",
    latencyMs: 20,
    seed: {
      features: [{ id: "api_calls", type: "metered", consumable: true }],
      customers: Array.from({ length: 20 }, (_, n) => ({ id: `c${n}` })),
    },
  });
  try {
    await work(emulator);
  } finally {
    await emulator.close();
  }
}

/** Creates rows, 20 at a time. */
async function createRows(emulator: RunningEmulator, count: number) {
  const calls: CallRecord[] = [];
  const autumn = new AutumnClient({
    baseUrl: emulator.url,
    secretKey: emulator.key,
    onCall: (call) => calls.push(call),
  });
  const startedAt = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) {
      const target = { customer_id: `c${n % 20}`, feature_id: "api_calls", balance_id: `b${n}` };
      await autumn.createBalance({ ...target, included_grant: 1 }, `key-${n}`);
    }
  };
  await Promise.all(Array.from({ length: 20 }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  return { perSecond: count / seconds, refused: calls.filter(({ status }) => status === 429).length };
}

/** Somebody else's calls, evenly spread, until they are stopped. */
function production(emulator: RunningEmulator, perSecond: number) {
  const counts = { made: 0, refused: 0 };
  let stopped = false;
  const call = async (): Promise<void> => {
    const response = await fetch(`${emulator.url}/v1/features.list`, {
      method: "POST",
      body: "{}",
      headers: { authorization: `Bearer ${emulator.key}`, "x-api-version": "2.3.0" },
    });
    await response.text();
    counts.made += 1;
    if (response.status === 429) counts.refused += 1;
  };
  const done = (async () => {
    const startedAt = performance.now();
    const calls: Promise<void>[] = [];
    for (let n = 0; !stopped; n++) {
      await sleep(Math.max(0, startedAt + (n * 1000) / perSecond - performance.now()));
      calls.push(call());
    }
    await Promise.all(calls);
  })();
  const stop = async (): Promise<typeof counts> => {
    stopped = true;
    await done;
    return counts;
  };
  return { stop };
}

export async function benchThroughput(): Promise<void> {
  await withProduction(async (emulator) => {
    const { perSecond, refused } = await createRows(emulator, 240);
    const share = (perSecond / PUBLISHED_LIMIT).toFixed(2);
    console.log(
      `creations: ${perSecond.toFixed(1)} a second, ${share} of the limit (0.8 wanted), ${refused} refused`,
    );
  });
  await withProduction(async (emulator) => {
    const others = production(emulator, 15);
    await sleep(1000);
    const ours = await createRows(emulator, 60);
    const { made, refused } = await others.stop();
    console.log(
      `  beside 15 calls a second of production: ${ours.perSecond.toFixed(1)} a second, ${refused} of its ${made} calls refused`,
    );
  });
}
