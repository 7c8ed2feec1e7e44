// A row of another name that is taken over, for as long as it can be in the way: what was used of it counts, and it is
// ended whenever it comes back.
import { describe, expect, it, vi } from "vitest";
import { balanceResource } from "../../src/provider/balance-resource.ts";
import { configure } from "../../src/provider/client.ts";
import {
  type CtyObject,
  type Diagnostic,
  DiagnosticError,
  type State,
} from "../../src/provider/protocol/index.ts";
import { LEVELS, type Level, liveRowsOf, send, start, track } from "./acceptance/world.ts";

const NOTHING: CtyObject = Object.fromEntries(
  Object.keys(balanceResource.schema.attributes).map((name) => [name, null]),
);
const target = { customer_id: "acme", feature_id: "api_calls" };

/** A row named `old` that is imported as `bonus`, and what Terraform does with it, one run after the other. */
async function takenOver(level: Level, row: object) {
  const emulator = await start(level);
  await send(emulator, "POST", "balances.create", { ...target, balance_id: "old", ...row });
  vi.stubEnv("AUTUMN_BASE_URL", emulator.url);
  vi.stubEnv("AUTUMN_SECRET_KEY", emulator.key);
  const said: Diagnostic[] = [];
  const context = () => ({
    client: configure({ requests_per_second: 1000n, max_retries: 0n }),
    signal: new AbortController().signal,
    report: (one: Diagnostic) => void said.push(one),
  });
  const imported = await balanceResource.import?.(
    JSON.stringify({ customer_id: "acme", balance_id: "old", name: "bonus" }),
    context(),
  );
  let state = { ...NOTHING, ...imported?.state } as State<typeof balanceResource.schema>;
  let bytes = imported?.private ?? new Uint8Array();
  /** Refreshes, plans and applies. @returns whether there was something to do */
  const apply = async (wanted: CtyObject): Promise<boolean> => {
    const run = context();
    const read = await balanceResource.read({ state, private: bytes }, run);
    if (read === null) throw new Error("it is gone");
    const prior = read.state;
    const config = { ...NOTHING, ...target, balance_id: "bonus", ...wanted } as typeof prior;
    const proposed = { ...config, id: prior.id, remote_id: prior.remote_id } as typeof prior;
    const request = { prior, proposed, config, private: read.private ?? bytes };
    const plan = await balanceResource.plan?.(request, run);
    if (plan === undefined) throw new Error("nothing was planned");
    // What Terraform keeps, should the apply fail.
    state = prior;
    bytes = read.private ?? bytes;
    const isSame = Object.entries(plan.planned).every(
      ([name, value]) => JSON.stringify(value, bigints) === JSON.stringify(prior[name], bigints),
    );
    if (isSame) return false;
    const planned = { planned: plan.planned, prior, config, private: plan.private ?? bytes };
    const stored = await balanceResource.update(planned, run);
    state = stored.state;
    bytes = stored.private ?? bytes;
    return true;
  };
  return { emulator, said, apply, stateNow: () => state };
}

const bigints = (_: string, value: unknown) => (typeof value === "bigint" ? Number(value) : value);

describe.each(LEVELS)("a row that is taken over, server of %s", (level) => {
  it("is ended when a reset brings it back, used up as it was when it was replaced", async () => {
    const monthly = { interval: "month", interval_count: null };
    const { emulator, said, apply, stateNow } = await takenOver(level, {
      ...{ included_grant: 10, reset: { interval: "month" } },
      next_reset_at: Date.now() + 5 * 86_400_000,
    });
    await track(emulator, { ...target, value: 10 });
    const wanted = { included: 30n, reset: monthly };
    expect(await apply(wanted)).toBe(true);
    expect(stateNow().remote_id).toBe("terraform:bonus");
    expect(await apply(wanted)).toBe(false);
    emulator.advance({ days: 6 });
    const ids = async () => (await liveRowsOf(emulator, "acme")).map(({ id }) => id);
    expect(await ids()).toEqual(["old", "terraform:bonus"]);
    said.length = 0;
    expect(await apply(wanted)).toBe(true);
    expect(said).toEqual([expect.objectContaining({ summary: "terraform:bonus has work left to do" })]);
    expect(said[0]?.detail).toContain("old is taken over");
    expect(await ids()).toEqual(["terraform:bonus"]);
    expect(await apply(wanted)).toBe(false);
  });

  it("has its usage counted after a replacement that was interrupted in between", async () => {
    const { emulator, apply } = await takenOver(level, {
      ...{ included_grant: 50, expires_at: Date.now() + 5 * 86_400_000 },
    });
    await track(emulator, { ...target, value: 20 });
    // The row has ended by then, and its usage is still to be counted.
    emulator.inject({ route: "POST /v1/balances.update", kind: "status", status: 403, nth: 5, times: 50 });
    await expect(apply({ included: 50n })).rejects.toThrow(DiagnosticError);
    emulator.clearFaults();
    const left = expect.objectContaining({ id: "terraform:bonus", usage: 0 });
    await vi.waitFor(async () => expect(await liveRowsOf(emulator, "acme")).toEqual([left]), 10_000);
    expect(await apply({ included: 50n })).toBe(true);
    expect(await liveRowsOf(emulator, "acme")).toEqual([
      expect.objectContaining({ id: "terraform:bonus", grant: 50, usage: 20 }),
    ]);
    expect(await apply({ included: 50n })).toBe(false);
  });
});
