// Answers that are lost and processes that are killed: the next run finishes the work, grants once and keeps usage.
import { describe, expect, it } from "vitest";
import type { RunningEmulator } from "../../../src/emulator/index.ts";
import { gateBefore } from "../../support/gate.ts";
import { childrenOf, isRunning } from "../../support/processes.ts";
import { hasTerraform, outcomeOf, Workspace } from "./terraform.ts";
import { LEVELS, liveRowsOf, rowsOf, type StoredRow, send, start, track } from "./world.ts";

const balance = (included: number): string => `resource "autumn_balance" "a" {
  customer_id = "acme"
  feature_id  = "api_calls"
  included    = ${included}
  reset       = { interval = "month" }
}
`;

/** The milliseconds of a reset may say how far a replacement has come. */
const sameSecond = (row: StoredRow | undefined) => {
  const second = Math.floor((row?.resetsAt ?? 0) / 1000);
  return expect.toSatisfy((ms: number) => Math.floor(ms / 1000) === second);
};

/** A call as the emulator has it. */
type Body = { readonly expires_at?: unknown };

/** Applies, and kills the provider or terraform while the call to the route, the first that fits, is on its way. */
async function killed(
  workspace: Workspace,
  emulator: RunningEmulator,
  route: string,
  victim: "provider" | "terraform",
  fits: (body: Body) => boolean = () => true,
): Promise<void> {
  const gate = await gateBefore(emulator);
  const held = gate.hold(`POST /v1/${route}`, (body) => fits(body as Body));
  const terraform = await workspace.spawn(["apply", "-auto-approve", "-lock=false"], {
    AUTUMN_BASE_URL: gate.url,
  });
  const outcome = outcomeOf(terraform);
  const ended = await Promise.race([held.reached, outcome]);
  if (ended) throw new Error(`${route} was not called:\n${ended.output}`);
  const providers = childrenOf(terraform.pid as number);
  if (victim === "provider") for (const child of providers) process.kill(child, "SIGKILL");
  else terraform.kill("SIGKILL");
  await outcome;
  // The server does all the same what it was asked for.
  await held.release();
  await Promise.all(providers.map(gone));
}

/** Waits until a process has ended: a provider whose terraform is killed may be at its last call. */
async function gone(pid: number): Promise<void> {
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe.skipIf(!hasTerraform).each(LEVELS)("interrupted, server of %s", (level) => {
  it.each(["provider", "terraform"] as const)(
    "the %s is killed: one row, usage kept, nothing to do",
    async (victim) => {
      const emulator = await start(level);
      const workspace = await Workspace.with(emulator, balance(100));
      await killed(workspace, emulator, "balances.create", victim);
      expect((await rowsOf(emulator, "acme")).map(({ id }) => id)).toEqual(["terraform:api_calls"]);
      await workspace.apply("-lock=false");
      expect((await workspace.plan("-lock=false")).code).toBe(0);
      await track(emulator, { customer_id: "acme", feature_id: "api_calls", value: 30 });
      const [before] = await rowsOf(emulator, "acme");

      workspace.write(balance(150));
      await killed(workspace, emulator, "balances.create", victim);
      // Without its terraform, the provider may have finished what it was at.
      if (victim === "provider") expect(await rowsOf(emulator, "acme")).toHaveLength(2);
      workspace.write(balance(150));
      await workspace.apply("-lock=false");
      expect(await liveRowsOf(emulator, "acme")).toEqual([
        expect.objectContaining({
          id: "terraform:api_calls~2",
          grant: 150,
          usage: 30,
          resetsAt: sameSecond(before),
        }),
      ]);
      expect((await workspace.plan("-lock=false")).code).toBe(0);

      // The call that ends the row before, and those after it.
      workspace.write(balance(200));
      await killed(workspace, emulator, "balances.update", victim, ({ expires_at }) => expires_at != null);
      await workspace.apply("-lock=false");
      expect(await liveRowsOf(emulator, "acme")).toEqual([
        expect.objectContaining({
          id: "terraform:api_calls~3",
          grant: 200,
          usage: 30,
          resetsAt: sameSecond(before),
        }),
      ]);
      const empty = await workspace.plan("-lock=false");
      expect(empty.code, empty.output).toBe(0);
    },
  );

  it("answers are lost: one row, usage kept", async () => {
    const emulator = await start(level);
    const workspace = await Workspace.with(emulator, balance(100));
    emulator.inject({ route: "POST /v1/balances.create", kind: "drop_after" });
    await workspace.apply();
    await track(emulator, { customer_id: "acme", feature_id: "api_calls", value: 30 });
    workspace.write(balance(150));
    emulator.inject({ route: "POST /v1/balances.create", kind: "drop_after" });
    // The flush, the end of the row before, and what counts its usage.
    emulator.inject({ route: "POST /v1/balances.update", kind: "drop_after", times: 3 });
    await workspace.apply();
    expect(await liveRowsOf(emulator, "acme")).toEqual([
      expect.objectContaining({ id: "terraform:api_calls~2", grant: 150, usage: 30 }),
    ]);
    expect((await workspace.plan()).code).toBe(0);
  });

  it("a row taken over is retired after its replacement was interrupted", async () => {
    const emulator = await start(level);
    await send(emulator, "POST", "balances.create", {
      ...{ customer_id: "acme", feature_id: "api_calls", balance_id: "bonus", included_grant: 50 },
      reset: { interval: "month" },
    });
    const taken = (included: number) =>
      balance(included).replace("included ", '  balance_id = "bonus"\n  included ');
    const imported = `import {\n  to = autumn_balance.a\n  id = "acme/bonus"\n}\n`;
    const workspace = await Workspace.with(emulator, taken(50) + imported);
    await workspace.apply();
    await track(emulator, { customer_id: "acme", feature_id: "api_calls", value: 20 });
    workspace.write(taken(80));
    await killed(workspace, emulator, "balances.create", "provider");
    expect(await rowsOf(emulator, "acme")).toHaveLength(2);
    await workspace.apply("-lock=false");
    expect(await liveRowsOf(emulator, "acme")).toEqual([
      expect.objectContaining({ id: "terraform:bonus", grant: 80, usage: 20 }),
    ]);
    expect((await workspace.plan()).code).toBe(0);
  });
});
