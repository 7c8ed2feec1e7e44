// The promises, on random configurations and histories. A failure prints its seed; RUNS makes a long run.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Change, Plan } from "../../src/reconcile/index.ts";
import { parseRemoteId } from "../../src/reconcile/remote-id.ts";
import { type BalanceEntry, desiredBalance } from "../../src/schema/index.ts";
import {
  configuration,
  foreignRows,
  history,
  live,
  nextConfiguration,
  seedForeign,
  type Value,
} from "./random-world.ts";
import { LEVELS, type Level, type StoredRow, World } from "./world.ts";

const RUNS = Number(process.env.RUNS ?? 25);
const CUSTOMERS = ["acme", "globex"];

/** A world with rows of others, a configuration that was applied, what happened since, and what is declared now. */
const story = fc
  .tuple(configuration, foreignRows, history, history)
  .chain(([before, foreign, early, late]) =>
    nextConfiguration(before).map((after) => ({ before, foreign, early, late, after })),
  );

type Story = Value<typeof story>;

const mustWait = ({ kind }: Change): boolean => kind === "blocked";

async function begun({ before, foreign, early }: Story, level: Level): Promise<World> {
  const world = new World({ level });
  seedForeign(world, foreign);
  await live(
    world,
    early.filter(({ kind }) => kind === "track"),
  );
  await world.converge(before, { prune: true });
  return world;
}

/**
 * Plans and applies. Usage that was not stored when the plan was made can drain a row until it is applied: what is
 * refused or blocked for it is planned anew.
 * @returns the changes that were made
 */
async function applied(world: World, entries: readonly BalanceEntry[]): Promise<readonly Change[]> {
  const { results } = await world.apply(await world.plan(entries, { prune: true }));
  const failed = results.filter(({ result }) => result === "failed");
  expect(failed.map(({ problem }) => problem)).toEqual([]);
  const made = results.filter(({ result }) => result === "converged").map(({ change }) => change);
  if (made.length === results.length) return made;
  world.ms += 1500;
  return [...made, ...(await world.converge(entries, { prune: true })).changes];
}

async function allRows(world: World): Promise<{ customer: string; row: StoredRow }[]> {
  const lists = await Promise.all(
    CUSTOMERS.map(async (customer) => (await world.rows(customer)).map((row) => ({ customer, row }))),
  );
  return lists.flat();
}

/** What is stored of rows that are none of ours. */
function others(world: World): unknown[] {
  return world.emulator
    .snapshot()
    .customers.flatMap(({ rows }) =>
      rows
        .filter(({ externalId }) => parseRemoteId("test", externalId) === undefined)
        .map(({ unstored, ...row }) => row),
    );
}

const isLive = ({ remaining, unlimited, expiresAt }: StoredRow, now: number): boolean =>
  (expiresAt === null || expiresAt > now) && (unlimited !== false || remaining !== 0);

const keyOf = (row: StoredRow): string | undefined => parseRemoteId("test", row.id)?.key;

/** The rows of a declared balance, the newest generation first. */
function rowsOf(rows: readonly { customer: string; row: StoredRow }[], entry: BalanceEntry): StoredRow[] {
  const { customerId, key } = desiredBalance(entry);
  const generation = (row: StoredRow): number => parseRemoteId("test", row.id)?.generation ?? 0;
  return rows
    .filter(({ customer, row }) => customer === customerId && keyOf(row) === key)
    .map(({ row }) => row)
    .sort((a, b) => generation(b) - generation(a));
}

describe.each(LEVELS)("on a server of %s", (level) => {
  const property = (check: (one: Story, world: World) => Promise<void>) => () =>
    fc.assert(
      fc.asyncProperty(story, async (one) => check(one, await begun(one, level))),
      { numRuns: RUNS },
    );

  it(
    "planning after applying gives nothing to do but wait, and as many rows as are declared",
    property(async ({ late, after }, world) => {
      await live(world, late);
      await applied(world, after);
      const plan = await world.plan(after, { prune: true });
      // An older server shows booleans that nobody declares only of customers that are read in full.
      const left = plan.changes.filter(
        (change) => !(level === "2026-08" && change.row?.boolean && !change.desired),
      );
      expect(left.filter((change) => !mustWait(change))).toEqual([]);

      const rows = await allRows(world);
      // An older server does not show whose the booleans are that nobody declares any more.
      const shown = level === "2026-10" ? rows : rows.filter(({ row }) => row.unlimited !== null);
      const ours = shown.filter(({ row }) => keyOf(row) !== undefined && isLive(row, world.ms));
      expect(ours.length).toBeLessThanOrEqual(after.length);
    }),
  );

  it(
    "rows of others never change, nor what is used of them",
    property(async ({ late, after }, world) => {
      await live(world, late);
      // Resets that are due are carried out by any read.
      await allRows(world);
      const before = others(world);
      await applied(world, after);
      expect(others(world)).toEqual(before);
    }),
  );

  it(
    "what is granted is what is declared, now and after the next reset",
    property(async ({ late, after }, world) => {
      await live(world, late);
      await applied(world, after);
      const { changes } = await world.plan(after, { prune: true });
      const waiting = new Set(changes.map(({ customerId, key }) => `${customerId} ${key}`));
      const rows = await allRows(world);
      let latest = world.ms;
      const checked: [BalanceEntry, StoredRow][] = [];
      for (const entry of after) {
        const { customerId, key, included } = desiredBalance(entry);
        const [row] = rowsOf(rows, entry);
        if (row === undefined || waiting.has(`${customerId} ${key}`) || included === null) continue;
        if (row.expiresAt !== null && row.expiresAt <= world.ms) continue;
        expect(row.grant, row.id ?? "").toBe(included);
        if (row.resetsAt === null) continue;
        expect(row.creationGrant, row.id ?? "").toBe(included);
        latest = Math.max(latest, row.resetsAt + 1);
        checked.push([entry, row]);
      }
      world.ms = latest;
      const later = await allRows(world);
      for (const [entry] of checked) {
        const [row] = rowsOf(later, entry);
        expect([row?.grant, row?.remaining], row?.id ?? "").toEqual([entry.included, entry.included]);
      }
    }),
  );

  it(
    "usage and cycle survive every update and replacement",
    property(async ({ late, after }, world) => {
      await live(world, late);
      const before = await allRows(world);
      // Usage that is not stored yet counts too: reading the customer does not store it.
      const used = new Map(
        world.emulator
          .snapshot()
          .customers.flatMap(({ id, rows }) => rows.map((row) => ({ id, row })))
          .map(({ id, row }) => [
            `${id} ${row.externalId} ${row.createdAt}`,
            row.allowance + row.adjustment - row.balance,
          ]),
      );
      const changes = await applied(world, after);
      const rows = await allRows(world);
      for (const change of changes) {
        const { kind, row, desired } = change;
        if (!desired || !row || (kind !== "update" && kind !== "replace") || desired.included === null)
          continue;
        const entry = after.find(
          (one) => desiredBalance(one).key === desired.key && one.customer_id === desired.customerId,
        );
        const [now] = rowsOf(rows, entry as BalanceEntry);
        const what = `${kind} ${change.balanceId}`;
        expect(now?.id, what).toBe(change.balanceId);
        const was = before.find(
          (one) => one.row.id === row.balanceId && one.customer === desired.customerId,
        )?.row;
        // What ended before its reset is stored as it was, though its cycle is over.
        const isOver = was?.resetsAt != null && was.resetsAt <= world.ms;
        const counts = row.featureId === desired.featureId && !row.unlimited && !isOver;
        const usage = counts ? (used.get(`${row.customerId} ${row.balanceId} ${row.createdAt}`) ?? 0) : 0;
        // Of a row with units kept over resets, the API takes those first: the rest is the same, the usage is not.
        if (row.createdAt !== undefined && row.rollover == null) {
          expect(now?.usage, what).toBeCloseTo(kind === "update" ? usage : Math.max(0, usage), 6);
        }
        const keeps = JSON.stringify(row.reset) === JSON.stringify(desired.reset);
        // To the second: of a row that was used up, the milliseconds say what was counted.
        const second = (ms: number | null | undefined): number => Math.floor((ms ?? 0) / 1000);
        if (keeps && was?.resetsAt != null && !isOver)
          expect(second(now?.resetsAt), what).toBe(second(was.resetsAt));
      }
    }),
  );

  it(
    "the order of the entries does not matter",
    property(async ({ late, after }, world) => {
      await live(world, late);
      const there = await world.plan(after, { prune: true });
      const back = await world.plan([...after].reverse(), { prune: true });
      const sorted = ({ warnings }: Plan) => warnings.map(({ message }) => message).sort();
      expect(sorted(back)).toEqual(sorted(there));
      expect({ ...back, madeAt: 0, warnings: [] }).toEqual({ ...there, madeAt: 0, warnings: [] });
    }),
  );
});
