// Whatever an account looks like: a plan has nothing to do for the entries that are made of it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addEntries, newFile } from "../../src/config/index.ts";
import { parseRemoteId } from "../../src/reconcile/remote-id.ts";
import { desiredBalance } from "../../src/schema/index.ts";
import { entriesOf, imported, nameOf, type Options } from "./importing.ts";
import { type Account, account, build, HOSTILE } from "./random-account.ts";
import { DAY, LEVELS, type World } from "./world.ts";

const RUNS = Number(process.env.RUNS ?? 25);

const writes = (world: World): number =>
  (["create", "update", "delete"] as const).reduce((sum, route) => sum + world.sent(route).length, 0);

describe.each(LEVELS)("import, server of %s, of any account", (level) => {
  const property =
    (
      check: (world: World, options: Required<Omit<Options, "customers">>, account: Account) => Promise<void>,
    ) =>
    () =>
      fc.assert(
        fc.asyncProperty(account, async (one) => {
          const [world, declared] = await build(one, level);
          await check(world, { declared, adopts: one.adopts }, one);
        }),
        { numRuns: RUNS },
      );

  it(
    "leaves a plan nothing to do for what it proposes, then and later, and sends nothing",
    property(async (world, options) => {
      const sent = writes(world);
      const entries = entriesOf(await imported(world, options));
      expect(writes(world)).toBe(sent);
      const names = new Set(entries.map(nameOf));
      for (const days of [0, 0.7, 400]) {
        world.ms += days * DAY;
        for (const checkGrants of ["always", "never"] as const) {
          const { changes } = await world.plan([...options.declared, ...entries], { checkGrants });
          const ofImport = changes.filter(({ customerId, key }) => names.has(`${customerId} ${key}`));
          expect(ofImport, `${days} days later, --check-grants ${checkGrants}`).toEqual([]);
        }
      }
    }),
  );

  it(
    "says of every balance that it is declared, proposed or left out, and of none two of these",
    property(async (world, options, { plans }) => {
      const result = await imported(world, options);
      // An unlimited balance hides those of plans.
      expect(result.ofPlans).toBeLessThanOrEqual(plans.length);
      const entries = [...options.declared, ...entriesOf(result)].map((entry) => desiredBalance(entry));
      const out = result.leftOut.map(({ row }) => `${row.customerId} ${row.balanceId ?? row.internalId}`);
      for (const { id: customer, rows } of world.emulator.snapshot().customers) {
        for (const row of rows.filter(({ planId }) => planId === null)) {
          const name = row.externalId ?? row.id;
          const isDeclared = entries.some(
            ({ customerId, adopt, key }) =>
              customerId === customer && (adopt === name || parseRemoteId("test", name)?.key === key),
          );
          const at = out.indexOf(`${customer} ${name}`);
          expect({ isDeclared, isLeftOut: at !== -1 }, name).toEqual({ isDeclared, isLeftOut: !isDeclared });
          if (at !== -1) out.splice(at, 1);
        }
      }
      expect(out).toEqual([]);
    }),
  );

  it(
    "proposes what can be written into a file and read again, and nothing the second time",
    property(async (world, options) => {
      const entries = entriesOf(await imported(world, options));
      for (const file of ["balances.yaml", "balances.json"]) {
        const written = newFile("test", options.declared, file);
        const merged = "text" in written ? addEntries(written.text, entries, file) : written;
        expect(merged).toHaveProperty("text");
      }
      const again = await imported(world, { ...options, declared: [...options.declared, ...entries] });
      expect(again.proposals).toEqual([]);
    }),
  );

  it(
    "proposes of one customer what it proposes of all",
    property(async (world, options) => {
      const all = entriesOf(await imported(world, options));
      for (const customer of ["acme", HOSTILE[0]]) {
        const one = entriesOf(await imported(world, { ...options, customers: [customer] }));
        expect(one).toEqual(all.filter(({ customer_id }) => customer_id === customer));
      }
    }),
  );
});
