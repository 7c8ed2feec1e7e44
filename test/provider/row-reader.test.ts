// Reads for many resources at a time: few calls, nothing missed, nothing stale.
import { describe, expect, it } from "vitest";
import { AutumnClient } from "../../src/autumn/index.ts";
import { createEmulator, type Emulator } from "../../src/emulator/index.ts";
import { RowReader } from "../../src/provider/row-reader.ts";

type Level = "2026-08" | "2026-10";
const LEVELS: readonly Level[] = ["2026-08", "2026-10"];

function world(level: Level, customers: number, listScanCap = 100) {
  const emulator = createEmulator({ level, listScanCap });
  emulator.seed({
    features: [
      { id: "calls", type: "metered", consumable: true },
      { id: "disk", type: "metered", consumable: true },
      { id: "flag", type: "boolean" },
    ],
    customers: Array.from({ length: customers }, (_, index) => ({
      id: `c${index}`,
      balances: [{ feature_id: "calls", balance_id: "terraform:calls", included_grant: index + 1 }],
    })),
  });
  const api = new AutumnClient({
    baseUrl: "http://autumn",
    secretKey: emulator.key,
    fetch: emulator.fetch as typeof fetch,
    requestsPerSecond: Number.POSITIVE_INFINITY,
    maxRetries: 0,
  });
  const reader = new RowReader(api, {
    namespace: "terraform",
    concurrency: 10,
    booleans: () => new Set(["flag"]),
  });
  return { emulator, reader };
}

const target = (customerId: string, balanceId = "terraform:calls", entityId: string | null = null) => ({
  customerId,
  entityId,
  balanceId,
});

const asked = (emulator: Emulator): string[] =>
  emulator.requests().map(({ path }) => path.replace(/\?.*/, ""));

const call = (emulator: Emulator, route: string, body: object) =>
  emulator.fetch(`http://autumn/v1/${route}`, {
    method: "POST",
    headers: { authorization: `Bearer ${emulator.key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });

describe("reading for many resources", () => {
  it("answers questions that come together from one call", async () => {
    const { emulator, reader } = world("2026-10", 20);
    const rows = await Promise.all(
      Array.from({ length: 20 }, (_, index) => reader.rowsOf(target(`c${index}`))),
    );
    expect(rows.map(([row]) => row?.grant)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(asked(emulator)).toEqual(["/v1/balances.list"]);
    expect(await reader.rowsOf(target("c7"))).toHaveLength(1);
    expect(await reader.rowsOf(target("nobody"))).toEqual([]);
    expect(asked(emulator)).toHaveLength(1);
  });

  it("walks the list again only once many were asked for one by one", async () => {
    const { emulator, reader } = world("2026-10", 200, 1);
    for (let index = 0; index < 12; index++) await reader.rowsOf(target(`c${index}`));
    const firstDozen = asked(emulator).length;
    // 10 pages on the chance, a call a customer, and another walk of 10 pages after four.
    expect(firstDozen).toBeLessThanOrEqual(10 + 12 + 10);
    for (let index = 12; index < 200; index++) await reader.rowsOf(target(`c${index}`));
    expect(asked(emulator).length).toBeLessThanOrEqual(200 + 3 * 200);
  });

  it.each(LEVELS)("sees rows that public reads leave out (%s)", async (level) => {
    const { emulator, reader } = world(level, 1);
    emulator.seed({
      customers: [
        {
          id: "c0",
          balances: [
            { feature_id: "disk", balance_id: "terraform:used", included_grant: 5, usage: 5 },
            { feature_id: "flag", balance_id: "terraform:flag" },
          ],
        },
      ],
    });
    // The first question is answered by what everybody is shown; the later ones are not.
    const first = await reader.rowsOf(target("c0"));
    expect(first.map(({ balanceId }) => balanceId)).toContain("terraform:calls");
    for (const name of ["terraform:used", "terraform:flag"]) {
      const rows = await reader.rowsOf(target("c0", name));
      expect(rows.map(({ balanceId }) => balanceId)).toContain(name);
    }
  });

  it.each(LEVELS)("knows which customers exist only where it was told (%s)", async (level) => {
    const { reader } = world(level, 1);
    await Promise.all([reader.rowsOf(target("c0")), reader.rowsOf(target("nobody"))]);
    expect(reader.exists("c0")).toBe(true);
    expect(reader.exists("nobody")).toBe(level === "2026-08" ? false : undefined);
  });

  it.each(LEVELS)("shows nothing of before a write (%s)", async (level) => {
    const { emulator, reader } = world(level, 3);
    expect(await reader.rowsOf(target("c1"))).toHaveLength(1);
    await call(emulator, "balances.create", {
      customer_id: "c1",
      feature_id: "disk",
      balance_id: "x",
      included_grant: 9,
    });
    reader.forget("c1");
    expect(reader.exists("c1")).toBeUndefined();
    expect(await reader.rowsOf(target("c1"))).toHaveLength(2);
    const before = asked(emulator).length;
    expect(await reader.rowsOf(target("c1"))).toHaveLength(2);
    expect(await reader.rowsOf(target("c2"))).toHaveLength(1);
    expect(asked(emulator)).toHaveLength(before);
  });

  it("does not keep what was read while somebody wrote, and answers all the same", async () => {
    const { emulator, reader } = world("2026-10", 3);
    emulator.inject({ route: "POST /v1/balances.list", kind: "delay", delay_ms: 60 });
    const answer = reader.rowsOf(target("c1"));
    await new Promise((resolve) => setTimeout(resolve, 30));
    reader.forget("c1");
    expect(await answer).toHaveLength(1);
    const before = asked(emulator).length;
    expect(await reader.rowsOf(target("c1"))).toHaveLength(1);
    expect(asked(emulator)).toHaveLength(before + 1);
  });

  it("takes a failed read for no answer", async () => {
    const { emulator, reader } = world("2026-10", 2);
    emulator.inject({ route: "POST /v1/balances.list", kind: "status", status: 500 });
    const [one, two] = [reader.rowsOf(target("c0")), reader.rowsOf(target("c1"))];
    await expect(one).rejects.toThrow();
    await expect(two).rejects.toThrow();
    expect(await reader.rowsOf(target("c0"))).toHaveLength(1);
    reader.forget("c0");
    emulator.inject({ route: "POST /v1/balances.list", kind: "status", status: 500 });
    await expect(reader.rowsOf(target("c0"))).rejects.toThrow();
    // What is not known must not be taken for absent: it would be granted again.
    expect(await reader.rowsOf(target("c0"))).toHaveLength(1);
  });
});
