// Rows that are imported under a name that is not their own: changed in place, replaced, and found again.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RunningEmulator } from "../../../src/emulator/index.ts";
import { hasTerraform, Workspace } from "./terraform.ts";
import { LEVELS, type Level, listen, liveRowsOf, rowsOf, send, start, track, until } from "./world.ts";

const bonus = (included: number, rest = ""): string => `resource "autumn_balance" "bonus" {
  customer_id = "acme"
  feature_id  = "api_calls"
  balance_id  = "bonus"
  included    = ${included}
  reset       = { interval = "month" }
  ${rest}
}
`;

const SEAT = 'entity_id = "seat_1"';

/** A block that imports a row as `bonus`. */
const imported = (balanceId: string, rest: object = {}): string => {
  const id = JSON.stringify({ customer_id: "acme", balance_id: balanceId, name: "bonus", ...rest });
  return `import {\n  to = autumn_balance.bonus\n  id = ${JSON.stringify(id)}\n}\n`;
};

const grant = (emulator: RunningEmulator, balanceId: string, rest: object = {}) =>
  send(emulator, "POST", "balances.create", {
    ...{ customer_id: "acme", feature_id: "api_calls", balance_id: balanceId, included_grant: 50 },
    reset: { interval: "month" },
    ...rest,
  });

const use = (emulator: RunningEmulator, value: number, rest: object = {}) =>
  track(emulator, { customer_id: "acme", feature_id: "api_calls", value, ...rest });

const loseState = ({ folder }: Workspace) => {
  for (const name of ["terraform.tfstate", "terraform.tfstate.backup"])
    rmSync(join(folder, name), { force: true });
};

/** Rows of all owners; no server needs to be asked for each. */
const ROWS: readonly (readonly [balanceId: string, entity: object, level: Level])[] = [
  ["black-friday", {}, "2026-08"],
  ["black-friday", { entity_id: "seat_1" }, "2026-08"],
  ["black-friday", { entity_id: "seat_1" }, "2026-10"],
  ["contracts:bonus~3", {}, "2026-10"],
  ["terraform:old~3", {}, "2026-10"],
];

describe.skipIf(!hasTerraform)("imported under another name", () => {
  it.each(ROWS)(
    "keeps what is used of %s %j, replaced and after the state is lost (%s)",
    async (id, entity, level) => {
      const emulator = await start(level);
      await grant(emulator, id, entity);
      await use(emulator, 20, entity);
      const [before] = await rowsOf(emulator, "acme");
      const declared = (included: number) => bonus(included, "entity_id" in entity ? SEAT : "");
      const block = imported(id, entity);
      const workspace = await Workspace.with(emulator, declared(50) + block);
      const requests = listen(emulator);
      const plan = await workspace.plan();
      expect(plan.output).toContain("Plan: 1 to import, 0 to add, 0 to change, 0 to destroy.");
      await workspace.apply();
      const empty = await workspace.plan();
      expect(empty.code, empty.output).toBe(0);
      expect(requests().filter((route) => /balances\.(create|update|delete)$/.test(route))).toEqual([]);
      expect((await workspace.state())["autumn_balance.bonus"]).toMatchObject({
        balance_id: "bonus",
        id: "acme/bonus",
        remote_id: id,
      });

      workspace.write(declared(80) + block);
      const raise = await workspace.plan();
      expect(raise.output).toContain("0 to add, 1 to change, 0 to destroy");
      await workspace.apply();
      const raised = [
        expect.objectContaining({
          id: "terraform:bonus",
          grant: 80,
          usage: 20,
          resetsAt: before?.resetsAt,
        }),
      ];
      expect(await liveRowsOf(emulator, "acme")).toEqual(raised);
      workspace.write(declared(80));
      expect((await workspace.plan()).code).toBe(0);

      loseState(workspace);
      workspace.write(declared(80) + block);
      const again = await workspace.plan();
      expect(again.output).toContain("Plan: 1 to import, 0 to add, 0 to change, 0 to destroy.");
      await workspace.apply();
      expect(await liveRowsOf(emulator, "acme")).toEqual(raised);
      expect((await workspace.plan()).code).toBe(0);
      workspace.write("");
      await workspace.apply();
      expect(await liveRowsOf(emulator, "acme")).toEqual([]);
    },
  );

  it.each(LEVELS)(
    "finishes a replacement that was interrupted before the state was lost (%s)",
    async (level) => {
      const emulator = await start(level);
      await grant(emulator, "black-friday");
      await use(emulator, 20);
      const workspace = await Workspace.with(emulator, bonus(80) + imported("black-friday"));
      // The old row cannot be ended: the successor stands beside it.
      emulator.inject({ route: "POST /v1/balances.create", kind: "delay", delay_ms: 700 });
      const requests = listen(emulator);
      const applied = workspace.run("apply", "-auto-approve");
      await until(() => requests().includes("POST /v1/balances.create"), "the creation");
      emulator.inject({ route: "POST /v1/balances.update", kind: "status", status: 400, times: 20 });
      expect((await applied).code).toBe(1);
      expect((await rowsOf(emulator, "acme")).map(({ id }) => id)).toEqual([
        "black-friday",
        "terraform:bonus",
      ]);
      emulator.clearFaults();
      loseState(workspace);
      await workspace.apply();
      expect(await liveRowsOf(emulator, "acme")).toEqual([
        expect.objectContaining({ id: "terraform:bonus", grant: 80, usage: 20 }),
      ]);
      expect((await workspace.plan()).code).toBe(0);
    },
  );

  it("names only the entity that holds it, and shows where a space is too much", async () => {
    const emulator = await start("2026-10");
    await grant(emulator, "black-friday", { entity_id: "seat_1" });
    await grant(emulator, "of-all");
    const json = (balance_id: string, entity_id: string) =>
      JSON.stringify({ customer_id: "acme", balance_id, entity_id });
    const workspace = await Workspace.with(emulator, bonus(80));
    const told = async (id: string): Promise<string> => {
      const { code, output } = await workspace.run("import", "autumn_balance.bonus", id);
      expect(code).toBe(1);
      return output.replaceAll(/\s+/g, " ");
    };
    expect(await told(json("black-friday", "seat_2"))).toContain(
      "black-friday is held by the entity seat_1, not by seat_2 Leave `entity_id` out of the import id.",
    );
    expect(await told(json("of-all", "seat_1"))).toContain(
      "of-all is held by the customer as a whole, not by seat_1",
    );
    expect(await told("acme /of-all")).toContain('there is no customer "acme "');
    expect(await told("acme/of-all ")).toContain('acme has no balance "of-all " Did you mean of-all?');
  });

  it("says what was sought when there is neither", async () => {
    const emulator = await start("2026-10");
    await grant(emulator, "other");
    const workspace = await Workspace.with(emulator, bonus(80) + imported("black-friday"));
    const error = await workspace.planError();
    expect(error).toContain("acme has neither black-friday nor terraform:bonus");
    expect(error).toContain("It has: other.");
  });
});
