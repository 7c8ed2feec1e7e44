// Every attribute of autumn_balance under the real terraform: created, left alone, changed, imported, found again
// after somebody else changed or removed it, and destroyed.
import { describe, expect, it } from "vitest";
import { instantToMs } from "../../../src/schema/index.ts";
import { hasTerraform, Workspace } from "./terraform.ts";
import { LEVELS, liveRowsOf, rowsOf, start } from "./world.ts";

/** How a change comes about. */
type Way = "update" | "successor" | "terraform" | "nothing to do" | "state only";

interface Case {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly way: Way;
  /** The balance_id of the row afterwards, without namespace; `name` by default. */
  readonly key?: string;
}

const CASES: readonly Case[] = [
  { name: "grant", before: "included = 100", after: "included = 150", way: "update" },
  { name: "fraction", before: "included = 0.1", after: "included = 0.3", way: "update" },
  {
    name: "monthly",
    before: 'included = 100\n  reset = { interval = "month" }',
    after: 'included = 150\n  reset = { interval = "month" }',
    way: "successor",
  },
  {
    name: "interval",
    before: 'included = 100\n  reset = { interval = "month" }',
    after: 'included = 100\n  reset = { interval = "week" }',
    way: "successor",
  },
  {
    name: "count",
    before: 'included = 100\n  reset = { interval = "month", interval_count = 1 }',
    after: 'included = 100\n  reset = { interval = "month", interval_count = 2 }',
    way: "successor",
  },
  {
    name: "same_count",
    before: 'included = 100\n  reset = { interval = "month" }',
    after: 'included = 100\n  reset = { interval = "month", interval_count = 1 }',
    way: "state only",
  },
  {
    name: "one_off",
    before: 'included = 100\n  reset = { interval = "one_off" }',
    after: "included = 100",
    way: "state only",
  },
  {
    name: "reset_removed",
    before: 'included = 100\n  reset = { interval = "month" }',
    after: "included = 100",
    way: "successor",
  },
  { name: "unlimited", before: "unlimited = true", after: "included = 10", way: "successor" },
  {
    name: "limited",
    before: "included = 10\n  unlimited = false",
    after: "unlimited = true",
    way: "successor",
  },
  {
    name: "expiry_set",
    before: "included = 10",
    after: 'included = 10\n  expires_at = "2031-01-31T00:00:00Z"',
    way: "update",
  },
  {
    name: "expiry_moved",
    before: 'included = 10\n  expires_at = "2031-01-31T01:00:00+01:00"',
    after: 'included = 10\n  expires_at = "2032-01-31T01:00:00+01:00"',
    way: "update",
  },
  {
    name: "expiry_removed",
    before: "included = 10\n  expires_at = 1927584000000",
    after: "included = 10",
    way: "successor",
  },
  {
    name: "expiry_reworded",
    before: 'included = 10\n  expires_at = "2031-01-31T00:00:00Z"',
    after: 'included = 10\n  expires_at = "1927584000000"',
    way: "nothing to do",
  },
  {
    name: "rollover",
    before:
      'included = 10\n  reset = { interval = "month" }\n  rollover = { max = 5, length = 2, duration = "month" }',
    after:
      'included = 20\n  reset = { interval = "month" }\n  rollover = { max_percentage = 50, duration = "forever" }',
    way: "successor",
  },
  {
    name: "first_reset",
    before: 'included = 10\n  reset = { interval = "month" }\n  next_reset_at = "2030-01-15T00:00:00Z"',
    after: 'included = 10\n  reset = { interval = "month" }\n  next_reset_at = "2030-02-15T00:00:00Z"',
    way: "state only",
  },
  {
    name: "renamed",
    before: 'included = 10\n  balance_id = "one"',
    after: 'included = 10\n  balance_id = "two"',
    way: "terraform",
    key: "two",
  },
  {
    name: "entity",
    before: 'included = 10\n  entity_id = "seat_1"',
    after: 'included = 10\n  entity_id = "seat_2"',
    way: "terraform",
  },
];

const resource = ({ name }: Case, body: string): string => `resource "autumn_balance" "${name}" {
  customer_id = "acme"
  feature_id = "api_calls"
  ${body.includes("balance_id") ? "" : `balance_id = "${name}"`}
  ${body}
}
`;

const BY_KEY = `resource "autumn_balance" "plain" {
  customer_id = "globex"
  feature_id = "storage"
  included = 5
}
resource "autumn_balance" "flag" {
  customer_id = "globex"
  feature_id = "sso"
}
resource "autumn_balance" "seat" {
  customer_id = "acme"
  feature_id = "storage"
  entity_id = "seat_1"
  included = 5
}
`;

describe.skipIf(!hasTerraform).each(LEVELS)("autumn_balance, server of %s", (level) => {
  it("brings every attribute about, changes it, and shows nothing to do after each", async () => {
    const emulator = await start(level);
    const before = CASES.map((one) => resource(one, one.before)).join("") + BY_KEY;
    const workspace = await Workspace.with(emulator, before);
    await workspace.apply();
    const empty = await workspace.plan();
    expect(empty.code, empty.output).toBe(0);
    const created = await workspace.state();
    expect(created["autumn_balance.plain"]).toMatchObject({
      id: "globex/storage",
      balance_id: "storage",
      remote_id: "terraform:storage",
      included: 5,
    });
    expect(created["autumn_balance.seat"]).toMatchObject({
      id: "acme/storage@seat_1",
      remote_id: "terraform:storage@seat_1",
    });
    expect(created["autumn_balance.flag"]).toMatchObject({ remote_id: "terraform:sso", included: null });
    // The user's own words are kept.
    expect(created["autumn_balance.expiry_moved"]?.expires_at).toBe("2031-01-31T01:00:00+01:00");
    expect(created["autumn_balance.expiry_removed"]?.expires_at).toBe("1927584000000");
    expect(created["autumn_balance.one_off"]?.reset).toEqual({ interval: "one_off", interval_count: null });
    expect(created["autumn_balance.fraction"]?.included).toBe(0.1);
    const firstReset = (await rowsOf(emulator, "acme")).find(({ id }) => id === "terraform:first_reset");
    expect(firstReset?.resetsAt).toBe(instantToMs("2030-01-15T00:00:00Z"));

    workspace.write(CASES.map((one) => resource(one, one.after)).join("") + BY_KEY);
    const plan = await workspace.plan("-out=changes");
    const counted = (way: Way) => CASES.filter((one) => one.way === way).length;
    const changed = counted("update") + counted("successor") + counted("state only");
    expect(plan.output).toContain(
      `Plan: ${counted("terraform")} to add, ${changed} to change, ${counted("terraform")} to destroy.`,
    );
    const { stdout } = await workspace.must("show", "-json", "changes");
    const changes: {
      address: string;
      change: { actions: string[]; after_unknown: Record<string, unknown> };
    }[] = JSON.parse(stdout).resource_changes;
    for (const { name, way } of CASES) {
      const { actions, after_unknown: unknown } =
        changes.find(({ address }) => address === `autumn_balance.${name}`)?.change ?? {};
      const expected =
        way === "terraform" ? ["delete", "create"] : way === "nothing to do" ? ["no-op"] : ["update"];
      expect({ name, actions, remote: unknown?.remote_id === true }).toEqual({
        name,
        actions: expected,
        remote: way === "successor" || (way === "terraform" && unknown?.remote_id === true),
      });
    }
    await workspace.must("apply", "changes");
    const still = await workspace.plan();
    expect(still.code, still.output).toBe(0);
    const after = await workspace.state();
    for (const { name, way, key = name } of CASES) {
      const remote = way === "successor" ? `terraform:${key}~2` : `terraform:${key}`;
      expect({ name, remote: after[`autumn_balance.${name}`]?.remote_id }).toEqual({ name, remote });
    }
    const ids = (await liveRowsOf(emulator, "acme")).map(({ id }) => id);
    expect(ids).toHaveLength(CASES.length + 1);
    expect(new Set(ids)).toEqual(
      new Set(
        Object.values(after)
          .filter(({ customer_id: c }) => c === "acme")
          .map(({ remote_id: id }) => id),
      ),
    );

    const destroyed = await workspace.destroy();
    expect(destroyed.output).toContain(`${CASES.length + 3} destroyed`);
    expect([...(await liveRowsOf(emulator, "acme")), ...(await liveRowsOf(emulator, "globex"))]).toEqual([]);
  });
});
