// Measures a peer: with nothing granted yet, run again, killed half-way and run again, with a lost answer, and raising
// grants while customers use what they have.
import type { ChildProcess } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PeerResult, RunResult, UsageResult } from "../results.ts";
import { Account } from "./account.ts";
import type { Contracts, Peer, Place } from "./peer.ts";

export interface Trial {
  readonly customers: number;
  readonly raised: number;
  readonly latencyMs: number;
  readonly included: number;
  readonly raisedTo: number;
  /** Where each run gets a folder of its own. */
  readonly folder: string;
}

/** How often a second some customer uses one unit while a run goes on. */
const USES_PER_SECOND = 50;
/** ms after which what was used is stored. */
const STORED_MS = 1500;
const LONGEST_RUN_MS = 300_000;

export async function measurePeer(peer: Peer, trial: Trial): Promise<PeerResult> {
  const contracts = { customers: trial.customers, included: trial.included };
  const account = await Account.start(trial.customers, trial.latencyMs);
  try {
    const place = prepared(peer, trial, account);
    const first = await run(account, peer.run(place, contracts));
    const granted = rowsOf(await account.holdings());
    const lost = await lostAnswer(peer, trial);
    const measured = { id: peer.id, name: peer.name, first: { ...first, granted }, lost };
    if (peer.onlyOneRun) return { ...measured, second: null, killed: null, raise: null };

    const state = account.emulator.snapshot();
    const second = await secondRun(account, () => peer.run(place, contracts));
    account.restore(state);
    const raise = await raiseRun(account, trial, (raised) => peer.run(place, { ...contracts, raised }));
    return { ...measured, second, raise, killed: await killedRun(peer, trial) };
  } finally {
    await account.emulator.close();
  }
}

function prepared(peer: Peer, trial: Trial, account: Account): Place {
  const folder = mkdtempSync(join(trial.folder, `${peer.id}-`));
  const { PATH = "" } = process.env;
  const { url, key } = account.emulator;
  const place = { folder, env: { PATH, AUTUMN_BASE_URL: url, AUTUMN_SECRET_KEY: key } };
  peer.prepare?.(place);
  return place;
}

const rowsOf = (holdings: readonly { readonly rows: number }[]): number =>
  holdings.reduce((sum, { rows }) => sum + rows, 0);

/** The same run again, while everybody uses what they have. */
async function secondRun(account: Account, begin: () => ChildProcess): Promise<PeerResult["second"]> {
  const before = rowsOf(await account.holdings());
  await everybodyUses(account, account.customers);
  const again = await whileUsed(account, account.customers, () => run(account, begin()));
  await sleep(STORED_MS);
  const holdings = await account.holdings();
  return { ...again, grantedTwice: rowsOf(holdings) - before, usage: comparison(account, holdings) };
}

/** The grants of the first customers are raised, while they use what they have; then the next cycle begins. */
async function raiseRun(
  account: Account,
  { raised, raisedTo }: Trial,
  begin: (raised: Contracts["raised"]) => ChildProcess,
): Promise<PeerResult["raise"]> {
  await everybodyUses(account, raised);
  const result = await whileUsed(account, raised, () =>
    run(account, begin({ customers: raised, included: raisedTo })),
  );
  await sleep(STORED_MS);
  const holdings = await account.holdings(raised);
  const isRaised = ({ granted }: { granted: number }): boolean => granted === raisedTo;
  account.emulator.advance({ months: 1, days: 1 });
  const later = await account.holdings(raised);
  return {
    ...result,
    raised: holdings.filter(isRaised).length,
    usage: comparison(account, holdings),
    raisedAfterReset: later.filter(isRaised).length,
  };
}

/** Killed once half of the balances are granted, and run again, with half as many customers. */
async function killedRun(peer: Peer, trial: Trial): Promise<PeerResult["killed"]> {
  const customers = Math.ceil(trial.customers / 2);
  const account = await Account.start(customers, trial.latencyMs);
  try {
    const place = prepared(peer, trial, account);
    const begin = (): ChildProcess => peer.run(place, { customers, included: trial.included });
    const child = begin();
    let created = 0;
    account.onCall = (path, status) => {
      if (path !== "/v1/balances.create" || status !== 200) return;
      created += 1;
      if (created === Math.ceil(customers / 2)) kill(child);
    };
    await run(account, child);
    // Calls that were on their way at the kill still arrive.
    await sleep(STORED_MS);
    account.onCall = () => undefined;
    account.takeCalls();
    const again = await run(account, begin());
    const holdings = await account.holdings();
    const withGrant = holdings.filter(({ rows }) => rows > 0).length;
    return {
      ...again,
      customers,
      missing: customers - withGrant,
      grantedTwice: rowsOf(holdings) - withGrant,
    };
  } finally {
    await account.emulator.close();
  }
}

/** One create is answered 502 although it was done, as by a gateway; where the run fails, it is started again. */
async function lostAnswer(peer: Peer, trial: Trial): Promise<PeerResult["lost"]> {
  const customers = 20;
  const account = await Account.start(customers, trial.latencyMs);
  try {
    const place = prepared(peer, trial, account);
    const begin = (): ChildProcess => peer.run(place, { customers, included: trial.included });
    const fault = { kind: "status", status: 502, after_effect: true, nth: customers / 2 } as const;
    account.emulator.inject({ route: "POST /v1/balances.create", ...fault });
    const { code } = await run(account, begin());
    // Its other calls may still take effect after it has failed.
    await sleep(STORED_MS);
    const again = code === 0 ? null : (await run(account, begin())).code;
    const holdings = await account.holdings();
    const withGrant = holdings.filter(({ rows }) => rows > 0).length;
    return {
      code,
      again,
      customers,
      missing: customers - withGrant,
      grantedTwice: rowsOf(holdings) - withGrant,
    };
  } finally {
    await account.emulator.close();
  }
}

function kill(child: ChildProcess): void {
  if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
}

async function run(account: Account, child: ChildProcess): Promise<RunResult> {
  const startedAt = performance.now();
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (text: Buffer) => {
      output = (output + text).slice(-2000);
    });
  }
  const timer = setTimeout(() => kill(child), LONGEST_RUN_MS);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  }).finally(() => clearTimeout(timer));
  const seconds = (performance.now() - startedAt) / 1000;
  if (code !== 0 && process.env.BENCH_LOG) console.error(output);
  const { made, refused } = account.takeCalls();
  return { seconds: Number(seconds.toFixed(1)), code, calls: made, refused };
}

async function everybodyUses(account: Account, customers: number): Promise<void> {
  await Promise.all(Array.from({ length: customers }, (_, n) => account.use(n, 3)));
  await sleep(STORED_MS);
}

/** Customers use a unit now and then, at random but repeatably, until the work is done. */
async function whileUsed<T>(account: Account, customers: number, work: () => Promise<T>): Promise<T> {
  let isOver = false;
  const uses: Promise<void>[] = [];
  const usage = (async () => {
    const startedAt = performance.now();
    for (let n = 0, seed = 1; !isOver; n++) {
      await sleep(Math.max(0, startedAt + (n * 1000) / USES_PER_SECOND - performance.now()));
      seed = (seed * 48_271) % 2_147_483_647;
      uses.push(account.use(seed % customers, 1));
    }
    await Promise.all(uses);
  })();
  try {
    return await work();
  } finally {
    isOver = true;
    await usage;
  }
}

function comparison(account: Account, holdings: readonly { readonly usage: number }[]): UsageResult {
  const wrong = holdings.filter(({ usage }, n) => usage !== account.ledger[n]);
  const used = holdings.reduce((sum, _, n) => sum + (account.ledger[n] ?? 0), 0);
  const counted = holdings.reduce((sum, { usage }) => sum + usage, 0);
  return { used, counted, wrongCustomers: wrong.length, customers: holdings.length };
}
