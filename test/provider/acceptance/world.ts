// An emulator in the test's process, with the account that the acceptance tests are written for.
import { type EmulatorOptions, type RunningEmulator, startEmulator } from "../../../src/emulator/index.ts";
import { whenFileEnds } from "../../support/file-end.ts";

export type Level = "2026-08" | "2026-10";
export const LEVELS: readonly Level[] = ["2026-08", "2026-10"];

export const FEATURES = [
  { id: "api_calls", type: "metered", consumable: true },
  { id: "storage", type: "metered", consumable: true },
  { id: "seats", type: "metered", consumable: false },
  { id: "sso", type: "boolean" },
] as const;

/** An emulator that listens until the tests of the file are over. */
export async function start(level: Level, options: EmulatorOptions = {}): Promise<RunningEmulator> {
  const emulator = await startEmulator({ port: 0, level, ...options });
  whenFileEnds(() => emulator.close());
  emulator.seed({
    features: FEATURES,
    customers: [
      {
        id: "acme",
        entities: [
          { id: "seat_1", feature_id: "seats" },
          { id: "seat_2", feature_id: "seats" },
        ],
      },
      { id: "globex" },
    ],
  });
  return emulator;
}

/** A stored row, by the names of the API. */
export interface StoredRow {
  readonly id: string | null;
  readonly customer: string;
  readonly feature: string;
  readonly grant: number;
  readonly creationGrant: number;
  readonly usage: number;
  readonly unlimited: boolean;
  readonly resetsAt: number | null;
  readonly expiresAt: number | null;
}

/** The standalone rows as they are stored, by their balance_id. */
export async function rowsOf(emulator: RunningEmulator, customerId: string): Promise<StoredRow[]> {
  // The customer is read first, so that resets that are due are carried out.
  await send(emulator, "POST", "customers.get", { customer_id: customerId });
  const answer = await send(emulator, "GET", `balances/list?customer_id=${encodeURIComponent(customerId)}`);
  const { balances } = answer as { balances: Raw[] };
  const rows = balances.map((row) => ({
    id: row.external_id,
    customer: row.customer_id,
    feature: row.feature_id,
    grant: (row.entitlement.allowance ?? 0) + row.adjustment,
    creationGrant: row.entitlement.allowance ?? 0,
    usage: (row.entitlement.allowance ?? 0) + row.adjustment - row.balance,
    unlimited: row.unlimited === true,
    resetsAt: row.next_reset_at,
    expiresAt: row.expires_at,
  }));
  return rows.sort((a, b) => (`${a.id}` < `${b.id}` ? -1 : 1));
}

/** The rows that have not ended: without those that were replaced, which stay as history. */
export async function liveRowsOf(emulator: RunningEmulator, customerId: string): Promise<StoredRow[]> {
  const rows = await rowsOf(emulator, customerId);
  return rows.filter(({ expiresAt }) => expiresAt === null || expiresAt > emulator.now());
}

interface Raw {
  external_id: string | null;
  customer_id: string;
  feature_id: string;
  adjustment: number;
  balance: number;
  next_reset_at: number | null;
  expires_at: number | null;
  unlimited: boolean | null;
  entitlement: { allowance: number | null };
}

/** What somebody else does with the API. Throws unless it works. */
export async function send(
  emulator: RunningEmulator,
  method: "GET" | "POST",
  path: string,
  body?: object,
): Promise<unknown> {
  const response = await emulator.fetch(`http://autumn/v1/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${emulator.key}`,
      "x-api-version": "2.3.0",
      "content-type": "application/json",
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

/** Uses units, and has that stored. */
export async function track(emulator: RunningEmulator, body: object): Promise<void> {
  await send(emulator, "POST", "balances.track", body);
  emulator.advance(2000);
}

/** Forgets what was asked so far, and returns what is asked from now on. */
export function listen(emulator: RunningEmulator): () => string[] {
  emulator.clearRequests();
  return () => emulator.requests().map(({ method, path }) => `${method} ${path.replace(/\?.*/, "")}`);
}

/** Waits for something that happens by itself. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
