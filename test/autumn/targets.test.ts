// Every call says exactly what it is about, or is not sent.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AutumnClient, PAGE_SIZE } from "../../src/autumn/index.ts";
import { startEmulator } from "../../src/emulator/index.ts";
import { answer, client, failureOf, serve, serveAlways, TARGET } from "./servers.ts";

const half = "acme\ud800";

describe("a call without its exact target is not sent", () => {
  const calls: [string, (autumn: AutumnClient) => Promise<unknown>][] = [
    ...(["customer_id", "feature_id", "balance_id"] as const).flatMap((field) =>
      ["", half, undefined, null, 5].flatMap(
        (value): [string, (autumn: AutumnClient) => Promise<unknown>][] => {
          // What no type allows, a program without types may still do
          const target = { ...TARGET, [field]: value } as typeof TARGET;
          const what = `with ${field} ${JSON.stringify(value)}`;
          return [
            [`create ${what}`, (autumn) => autumn.createBalance({ ...target, included_grant: 1 }, "key")],
            [`update ${what}`, (autumn) => autumn.updateBalance({ ...target, add_to_balance: 1 }, "key")],
            [`delete ${what}`, (autumn) => autumn.deleteBalance(target)],
          ];
        },
      ),
    ),
    ...["", half].flatMap((id): [string, (autumn: AutumnClient) => Promise<unknown>][] => [
      [`getCustomer ${JSON.stringify(id)}`, (autumn) => autumn.getCustomer(id)],
      [`createCustomer ${JSON.stringify(id)}`, (autumn) => autumn.createCustomer(id, "key")],
      [`visitCustomer ${JSON.stringify(id)}`, (autumn) => autumn.visitCustomer(id, "key")],
      [`getEntity ${JSON.stringify(id)}`, (autumn) => autumn.getEntity(id, "seat")],
      [`listBalances ${JSON.stringify(id)}`, (autumn) => autumn.listBalances(id, null)],
      [`listRawBalances ${JSON.stringify(id)}`, (autumn) => autumn.listRawBalances(id)],
    ]),
  ];
  it("whichever call it is", async () => {
    const server = await serveAlways(200, { success: true });
    for (const [what, call] of calls) {
      const error = await failureOf(call(client(server.url)));
      expect(error, what).toMatchObject({ outcome: "refused", status: undefined });
      expect(error.message).toMatch(/was about to be sent without its exact target$/);
    }
    expect(server.received).toHaveLength(0);
  });
});

describe("names of any characters", () => {
  it("reach the server as they are, in queries and bodies", async () => {
    const emulator = await serve(({ url, text }, response) => {
      const { searchParams, pathname } = new URL(url, "http://autumn");
      const id = searchParams.get("customer_id") ?? JSON.parse(text).customer_id;
      const more = [...searchParams.keys()].length > 1 || !pathname.startsWith("/v1/");
      answer(response, more ? 500 : 404, { code: "customer_not_found", message: id });
    });
    const autumn = client(emulator.url, { requestsPerSecond: Number.POSITIVE_INFINITY });
    const hostile = [
      "a&customer_id=b",
      "a#b",
      "a?b",
      "a/../b",
      "..",
      "%2e",
      "a+b c",
      "a;b",
      "ä😀",
      "\u0000\r\n",
      "'\"\\",
    ];
    const names = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: "grapheme", minLength: 1 }));
    await fc.assert(
      fc.asyncProperty(names, async (id) => {
        emulator.received.length = 0;
        expect(await autumn.listRawBalances(id)).toBeUndefined();
        expect(await autumn.getCustomer(id)).toBeUndefined();
        const [raw, get] = emulator.received;
        expect(new URL(raw?.url ?? "", "http://autumn").searchParams.get("customer_id")).toBe(id);
        expect(JSON.parse(get?.text ?? "")).toEqual({ customer_id: id });
      }),
      { numRuns: 100 },
    );
  });
});

describe("balances.list", () => {
  it("is asked once of a server without it, however many ask at a time", async () => {
    const emulator = await startEmulator({ port: 0, level: "2026-08" });
    try {
      const autumn = client(emulator.url, { secretKey: emulator.key, maxRetries: 3 });
      const asked = Array.from({ length: 10 }, (_, n) => failureOf(autumn.listBalances(`c${n}`, null)));
      for (const error of await Promise.all(asked)) expect(error.routeIsMissing).toBe(true);
      expect((await failureOf(autumn.listBalances(null, null))).routeIsMissing).toBe(true);
      expect(autumn.calls).toHaveLength(1);
    } finally {
      await emulator.close();
    }
  });

  it("is asked again after a passing failure", async () => {
    const server = await serve((_request, response, nth) =>
      nth === 1
        ? answer(response, 503, "")
        : answer(response, 200, { list: [], has_more: false, next_cursor: null }),
    );
    const autumn = client(server.url);
    await failureOf(autumn.listBalances(null, null));
    expect(await autumn.listBalances(null, null)).toEqual({ list: [], next: null });
  });

  it("asks for standalone rows, those that ended too, in the largest pages", async () => {
    const server = await serveAlways(200, { list: [], has_more: true, next_cursor: "c2" });
    const autumn = client(server.url);
    expect(await autumn.listBalances(null, null)).toEqual({ list: [], next: "c2" });
    await autumn.listBalances("acme", "c2");
    const common = { plan_id: null, statuses: ["active", "expired"], limit: PAGE_SIZE.balances };
    expect(server.received.map(({ text }) => JSON.parse(text))).toEqual([
      common,
      { ...common, customer_id: "acme", start_cursor: "c2" },
    ]);
  });

  it("is walked through pages that are short and empty, without losing a row", async () => {
    const customers = Array.from({ length: 60 }, (_, n) => ({ id: `c${n}` }));
    const emulator = await startEmulator({
      port: 0,
      level: "2026-10",
      listScanCap: 7,
      seed: { features: [{ id: "api_calls", type: "metered", consumable: true }], customers },
    });
    try {
      const autumn = client(emulator.url, {
        secretKey: emulator.key,
        requestsPerSecond: Number.POSITIVE_INFINITY,
      });
      for (const n of [3, 4, 50]) {
        await autumn.createBalance({ ...TARGET, customer_id: `c${n}`, included_grant: 1 }, `k${n}`);
      }
      const found: string[] = [];
      let empty = 0;
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof autumn.listBalances>> = await autumn.listBalances(null, cursor);
        found.push(...page.list.map((row) => row.customer_id));
        if (page.list.length === 0) empty += 1;
        cursor = page.next;
      } while (cursor !== null);
      expect(found.sort()).toEqual(["c3", "c4", "c50"]);
      expect(empty).toBeGreaterThan(2);
      expect((await failureOf(autumn.listBalances(null, "nonsense"))).code).toBe("invalid_cursor");
    } finally {
      await emulator.close();
    }
  });
});
