// The Indexed Job of Kubernetes at Autumn's limits, one pod of which is killed in the middle of a replacement. Each index
// is a process that runs the command of the manifest, and an index that fails is tried again as Kubernetes does it.
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { RunningEmulator } from "../../src/emulator/index.ts";
import { shardOf } from "../../src/reconcile/index.ts";
import { has } from "../support/has.ts";
import { type IndexedJob, kubernetesJob } from "./manifests.ts";
import { type Ended, Site } from "./site.ts";

const GRANTS = { ai_credits: 50, api_calls: 100, messages: 40 };
const FEATURES = Object.keys(GRANTS) as (keyof typeof GRANTS)[];
const CUSTOMERS = Array.from({ length: 20 }, (_, n) => `customer_${n}`);
const MONTHLY = { reset: { interval: "month" as const } };
/** Index of the pod that is killed. */
const VICTIM = 1;
/** Calls that Autumn takes in a second. */
const LIMIT = 25;

const balances = CUSTOMERS.flatMap((customer_id) =>
  FEATURES.map((feature_id) => ({
    ...{ customer_id, feature_id, included: GRANTS[feature_id] },
    ...(feature_id === "messages" ? MONTHLY : {}),
  })),
);

/** What a customer has before: of messages, those whose row has to be replaced, as no update outlives a reset. */
const seedOf = (id: string, isReplaced: boolean) => ({
  id,
  balances: [
    { feature_id: "api_calls", balance_id: "ci:api_calls", included_grant: 60, usage: 7 },
    ...(isReplaced
      ? [{ feature_id: "messages", balance_id: "ci:messages", included_grant: 30, usage: 5, ...MONTHLY }]
      : []),
  ],
});

it.skipIf(!has("bash"))("what a killed pod leaves is finished by its next try", async (context) => {
  const { length: count } = kubernetesJob("kubernetes-indexed-job.yaml", "").pods;
  const inShard = (index: number) => CUSTOMERS.filter((id) => shardOf(id, count) === index + 1);
  const replaced = Array.from({ length: count }, (_, index) => inShard(index)[0] ?? "");
  const site = await Site.begin(context, {
    limits: "production",
    // A create drops usage that came in the moment before it and is not stored yet; no load of the machine may make
    // that moment longer here.
    storeDelayMs: 0,
    seed: {
      features: FEATURES.map((id) => ({ id, type: "metered" as const, consumable: true })),
      customers: CUSTOMERS.map((id) => seedOf(id, replaced.includes(id))),
    },
  });
  const { autumn } = site;
  site.write("balances/balances.json", JSON.stringify({ version: 1, namespace: "ci", balances }));
  const job = kubernetesJob("kubernetes-indexed-job.yaml", join(site.repository, "balances"));
  const victim = replaced[VICTIM] ?? "";

  const children: ChildProcess[] = [];
  const answer = autumn.handle.bind(autumn);
  let isKilled = false;
  // A successor is there, nothing has been carried to it, and the pod never hears of it. Customers go on meanwhile.
  autumn.handle = async (request) => {
    const isCreate = request.url.endsWith("/v1/balances.create");
    const sent = isCreate ? ((await request.clone().json()) as Record<string, unknown>) : {};
    const outcome = await answer(request);
    if (isKilled || sent.customer_id !== victim || sent.balance_id !== "ci:messages~2") return outcome;
    isKilled = true;
    children[VICTIM]?.kill("SIGKILL");
    for (const id of CUSTOMERS) await use(autumn, id, "api_calls", 3);
    await use(autumn, victim, "messages", 2);
    return "dropped";
  };
  const tries = await Promise.all(
    job.pods.map((_, index) =>
      triesOf(site, job, index, (child) => {
        children[index] = child;
      }),
    ),
  );

  const codes = tries.map((ofIndex) => ofIndex.map(({ code }) => code));
  const seen = tries.flatMap((ofIndex) => ofIndex.map(({ output }) => output)).join("\n");
  expect(codes, seen).toEqual(job.pods.map((_, index) => (index === VICTIM ? [null, 0] : [0])));
  await site.expectApplied(balances.length);
  // Fewer than a second's worth, whatever a busy machine does to the pace of the processes.
  const refused = autumn.requests().filter(({ status }) => status === 429);
  expect(refused.length).toBeLessThan(LIMIT);
  for (const id of CUSTOMERS) {
    const rows = await rowsOf(autumn, id);
    const messages = replaced.includes(id)
      ? { id: "ci:messages~2", usage: 5 }
      : { id: "ci:messages", usage: 0 };
    expect(rows, id).toEqual([
      { id: "ci:ai_credits", included_grant: 50, usage: 0 },
      { id: "ci:api_calls", included_grant: 100, usage: 10 },
      { included_grant: 40, ...messages, usage: messages.usage + (id === victim ? 2 : 0) },
    ]);
  }
});

/** Runs a pod of the index, and another one where it fails, as often as the manifest lets it. */
async function triesOf(
  site: Site,
  { pods, retries, fatal }: IndexedJob,
  index: number,
  onStart: (child: ChildProcess) => void,
): Promise<Ended[]> {
  const pod = pods[index];
  if (pod === undefined) throw new Error("there is no such index");
  const tries: Ended[] = [];
  for (;;) {
    const { child, ended } = site.start(pod);
    onStart(child);
    const outcome = await ended;
    tries.push(outcome);
    const isOver = outcome.code !== null && [0, ...fatal].includes(outcome.code);
    if (isOver || tries.length > retries) return tries;
  }
}

async function call(autumn: RunningEmulator, path: string, body: object): Promise<unknown> {
  const answer = await autumn.fetch(`${autumn.url}/v1/${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${autumn.key}`,
      "content-type": "application/json",
      "x-api-version": "2.3.0",
    },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  return answer.json();
}

const use = (autumn: RunningEmulator, customer_id: string, feature_id: string, value: number) =>
  call(autumn, "balances.track", { customer_id, feature_id, value });

interface ShownRow {
  readonly id: string;
  readonly included_grant: number;
  readonly usage: number;
}

/** The rows that a customer can use, by feature. */
async function rowsOf(autumn: RunningEmulator, customer_id: string): Promise<ShownRow[]> {
  const customer = (await call(autumn, "customers.get", { customer_id })) as {
    readonly balances: Readonly<Record<string, { readonly breakdown: readonly ShownRow[] }>>;
  };
  return FEATURES.flatMap((feature) => customer.balances[feature]?.breakdown ?? []).map(
    ({ id, included_grant, usage }) => ({ id, included_grant, usage }),
  );
}
