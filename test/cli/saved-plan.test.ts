// `plan --out`, `show` and `apply FILE`: exactly what was reviewed, once, or nothing.
import { copyFileSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readSavedPlan, type SavedPlan, savedPlanText } from "../../src/document/index.ts";
import { describes } from "../report/published-schema.ts";
import { balances, emulator, folder, MONTHLY, ONCE, run, start, steady, transcript } from "./helper.ts";

const VERSION = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;
const SEATS = { customer_id: "acme", feature_id: "ai_credits", included: 10 };

/** An emulator, a folder whose balances were applied and then changed, and a plan saved from that. */
async function saved(before: readonly object[], after: readonly object[], ...args: string[]) {
  const autumn = await emulator();
  const { env } = autumn;
  const cwd = folder({ "balances.yaml": balances(before) });
  if (before.length > 0) expect((await run(["apply", "--yes"], { cwd, env })).code).toBe(0);
  writeFileSync(join(cwd, "balances.yaml"), balances(after));
  const planned = await run(["plan", "--out", "plan.saved", ...args], { cwd, env });
  autumn.clearRequests();
  const verb = (...words: string[]) => run(words, { cwd, env });
  const call = async (route: string, body: object): Promise<void> => {
    const response = await fetch(`${autumn.url}/v1/${route}`, {
      method: "POST",
      headers: { authorization: `Bearer ${autumn.key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(await response.text());
  };
  /** The calls that change balances, since the plan was saved. */
  const writes = (): string[] =>
    autumn
      .requests()
      .map(({ path }) => path)
      .filter((path) => /balances\.(create|update|delete)/.test(path));
  return { autumn, cwd, env, planned, verb, call, writes, file: join(cwd, "plan.saved") };
}

describe("a saved plan", () => {
  it("is shown and applied as it was reviewed, without a question", async () => {
    const { cwd, env, planned, file, verb } = await saved(
      [MONTHLY],
      [{ ...MONTHLY, included: 60_000 }, ONCE],
    );
    await expect(transcript(planned)).toMatchFileSnapshot("golden/plan-saved.txt");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, "utf8");
    expect(describes(JSON.parse(text)), JSON.stringify(describes.errors)).toBe(true);
    expect(text).not.toContain(env.AUTUMN_SECRET_KEY);
    expect(readdirSync(cwd).sort()).toEqual(["balances.yaml", "plan.saved"]);

    const shown = await verb("show", "plan.saved");
    await expect(transcript(shown)).toMatchFileSnapshot("golden/show.txt");
    expect(shown.stdout).toBe(planned.stdout);
    const applied = await verb("apply", "plan.saved");
    await expect(transcript(applied)).toMatchFileSnapshot("golden/apply-saved.txt");
    expect((await verb("plan", "--detailed-exitcode")).code).toBe(0);
    expect(steady((await verb("show", "plan.saved")).stderr)).toContain("applied at MOMENT");
  });

  it("is shown in every format, also without a key, which is said", async () => {
    const { cwd, verb, file } = await saved([], [ONCE]);
    const json = JSON.parse((await verb("show", "plan.saved", "--format", "json")).stdout);
    expect(describes(json), JSON.stringify(describes.errors)).toBe(true);
    expect(json).toEqual(JSON.parse(readFileSync(file, "utf8")).plan);
    expect((await verb("show", "plan.saved", "--format", "markdown")).stdout).toContain("1 to create");
    const without = await run(["show", "plan.saved"], { cwd });
    expect(without).toMatchObject({ code: 0 });
    expect(without.stderr).toContain("Whether somebody altered it was not checked");
  });

  it("is applied once: not from the same file, nor from a copy, nor after its balances are gone", async () => {
    const { autumn, cwd, verb, call, writes, file } = await saved([], [ONCE]);
    copyFileSync(file, join(cwd, "copy.saved"));
    expect((await verb("apply", "plan.saved")).code).toBe(0);
    await call("balances.delete", {
      customer_id: "globex",
      feature_id: "ai_credits",
      balance_id: "contracts:ai_credits",
    });
    autumn.clearRequests();
    const again = await verb("apply", "plan.saved");
    await expect(transcript(again)).toMatchFileSnapshot("golden/apply-saved-again.txt");
    const copy = await verb("apply", "copy.saved");
    expect(copy).toMatchObject({ code: 3 });
    expect(copy.stderr).toContain("refused: the plan was applied before, and a plan is applied once");
    expect(writes()).toEqual([]);
    // Autumn knows it for as long as a plan can be applied at all.
    autumn.advance({ hours: 23 });
    expect((await verb("apply", "copy.saved")).code).toBe(3);
    expect(writes()).toEqual([]);
  });

  it("is applied once when two apply it at once", async () => {
    const { autumn, cwd, verb, file } = await saved([], [ONCE, MONTHLY]);
    const copies = ["a.saved", "b.saved", "c.saved"];
    for (const copy of copies) copyFileSync(file, join(cwd, copy));
    const ended = await Promise.all(copies.map((copy) => verb("apply", copy)));
    const codes = ended.map(({ code }) => code).sort();
    expect(codes).toEqual([0, 3, 3]);
    const created = autumn.requests().filter(({ path }) => path === "/v1/balances.create");
    expect(created).toHaveLength(2);
    expect((await verb("plan", "--detailed-exitcode")).code).toBe(0);
  });

  it("is refused when a balance that it changes is another by now, and says what moved", async () => {
    const after = [{ ...MONTHLY, included: 60_000 }, ONCE, { ...SEATS, included: 20 }];
    const { verb, call, writes } = await saved([MONTHLY, SEATS], after);
    const row = { customer_id: "acme", feature_id: "ai_credits", balance_id: "contracts:ai_credits" };
    await call("balances.update", { ...row, included_grant: 15, add_to_balance: 5 });
    await call("balances.create", {
      ...ONCE,
      included: undefined,
      included_grant: 1,
      balance_id: "contracts:ai_credits",
    });
    await call("balances.delete", { ...row, feature_id: "api_calls", balance_id: "contracts:api_calls" });
    const before = writes().length;
    const refused = await verb("apply", "plan.saved");
    await expect(transcript(refused)).toMatchFileSnapshot("golden/apply-saved-moved.txt");
    const json = JSON.parse((await verb("apply", "plan.saved", "--format", "json")).stdout);
    expect(describes(json), JSON.stringify(describes.errors)).toBe(true);
    expect(json).toMatchObject({ status: "refused", outcome: null });
    expect(json.plan.refusals).toHaveLength(3);
    expect(writes()).toHaveLength(before);
  });

  it("is refused when its customer is gone", async () => {
    const { verb, autumn, writes } = await saved([], [ONCE]);
    autumn.reset();
    autumn.seed({ features: [{ id: "ai_credits", type: "metered", consumable: true }] });
    const refused = await verb("apply", "plan.saved");
    expect(refused).toMatchObject({ code: 3 });
    expect(refused.stderr).toContain("refused: there is no customer globex");
    expect(writes()).toEqual([]);
  });

  it("is applied when there was only usage, and refused when that makes it a cut below usage", async () => {
    const { verb, call, writes, autumn } = await saved([SEATS], [{ ...SEATS, included: 6 }]);
    const use = async (value: number): Promise<void> => {
      await call("balances.track", { customer_id: "acme", feature_id: "ai_credits", value });
      // By then it is stored, and every read shows it.
      autumn.advance(2_000);
    };
    await use(7);
    const refused = await verb("apply", "plan.saved");
    expect(refused).toMatchObject({ code: 3 });
    expect(refused.stderr).toContain("contracts:ai_credits of acme is cut to 6, but 7 are used");
    expect(writes()).toEqual([]);
    await use(-2);
    const applied = await verb("apply", "plan.saved");
    expect(applied).toMatchObject({ code: 0 });
    expect(applied.stdout).toContain("5 used stay used");
  });

  it("is refused by the guards as when it was made, unless it was made to go beyond", async () => {
    const limit = ["--limit-granted", "ai_credits=100"];
    const guarded = await saved([], [ONCE], ...limit);
    expect(guarded.planned.code).toBe(3);
    const refused = await guarded.verb("apply", "plan.saved");
    expect(refused).toMatchObject({ code: 3 });
    expect(refused.stderr).toContain("over the limit of 100");
    expect(guarded.writes()).toEqual([]);
    const forced = await saved([], [ONCE], ...limit, "--force");
    expect((await forced.verb("apply", "plan.saved")).code).toBe(0);
  });

  it("goes beyond what --force lifted when it was made, and beyond nothing else", async () => {
    const grants = (first: number, second: number): object[] => [
      { ...SEATS, id: "first", included: first },
      { ...SEATS, id: "second", customer_id: "globex", included: second },
    ];
    const limit = ["--limit-granted", "ai_credits=100"];
    const made = () => saved(grants(1000, 1000), grants(1500, 200), ...limit, "--force");
    const use = async ({ call, autumn }: Awaited<ReturnType<typeof made>>, value: number): Promise<void> => {
      await call("balances.track", { customer_id: "globex", feature_id: "ai_credits", value });
      autumn.advance(2_000);
    };
    const unseen = await made();
    expect(unseen.planned).toMatchObject({ code: 0 });
    const lifts = "--force lifts: grants 500 ai_credits more, over the limit of 100";
    expect((await unseen.verb("show", "plan.saved")).stdout).toContain(lifts);
    await use(unseen, 900);
    const refused = await unseen.verb("apply", "plan.saved");
    expect(refused).toMatchObject({ code: 3 });
    expect(refused.stderr).toContain("contracts:second of globex is cut to 200, but 900 are used");
    expect(refused.stderr).not.toContain("grants 500");
    expect(unseen.writes()).toEqual([]);

    // What was seen, and lifted, stays lifted when more is used.
    await unseen.verb("plan", "--out", "plan.saved", ...limit, "--force");
    expect((await unseen.verb("show", "plan.saved")).stdout).toContain(
      "--force lifts: contracts:second of globex is cut to 200, but 900 are used",
    );
    await use(unseen, 50);
    expect(await unseen.verb("apply", "plan.saved")).toMatchObject({ code: 0 });
  });

  it("says that there is nothing to do, and stays as it is", async () => {
    const { verb, file, autumn } = await saved([ONCE], [ONCE]);
    const before = readFileSync(file, "utf8");
    const ended = await verb("apply", "plan.saved");
    expect(ended.stdout).toContain("Nothing to do");
    expect(ended.code).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(before);
    expect(autumn.requests()).toEqual([]);
  });

  it("that was applied in part is followed by a new one", async () => {
    const { autumn, verb, env, cwd } = await saved([], [ONCE, MONTHLY]);
    autumn.inject({
      route: "POST /v1/balances.create",
      kind: "status",
      status: 400,
      code: "invalid_request",
      customer_id: "acme",
    });
    const partly = await verb("apply", "plan.saved");
    expect(partly).toMatchObject({ code: 4 });
    expect(partly.stdout).toContain("Plan and apply again to bring about the 1 balance that is left");
    expect((await verb("apply", "plan.saved")).code).toBe(3);
    const planned = await run(["plan", "--out", "plan.saved"], { cwd, env });
    expect(planned.stdout).toContain("1 to create");
    expect((await verb("apply", "plan.saved")).code).toBe(0);
  });

  it("whose apply was killed is used up, and a new one grants what is left", async () => {
    const { autumn, cwd, env, verb } = await saved([], [ONCE, MONTHLY]);
    // One balance can be made; the call for the other is on its way for ever.
    const route = "POST /v1/balances.create";
    autumn.inject({ route, kind: "delay", delay_ms: 600_000, customer_id: "acme" });
    const applying = start(["apply", "plan.saved"], { cwd, env });
    const hasBegun = (): boolean => autumn.requests().some(({ path }) => path === "/v1/balances.create");
    while (!hasBegun()) await new Promise((resolve) => setTimeout(resolve, 5));
    applying.child.kill("SIGKILL");
    await applying.ended;
    autumn.clearFaults();
    expect((await verb("apply", "plan.saved")).code).toBe(3);
    expect((await verb("plan", "--out", "plan.saved")).code).toBe(0);
    expect((await verb("apply", "plan.saved")).code).toBe(0);
    const { document } = await verb("plan", "--format", "json").then(({ stdout }) => ({
      document: JSON.parse(stdout),
    }));
    expect(document).toMatchObject({ owned_rows: 2, unchanged: 2, has_changes: false });
  });

  it("of a shard is of that shard when it is applied", async () => {
    const entries = Array.from({ length: 8 }, (_, n) => ({
      ...ONCE,
      id: `of-${n}`,
      customer_id: `customer_${n}`,
    }));
    const settings = { create_customers: true };
    const { env } = await emulator();
    const cwd = folder({ "balances.yaml": balances(entries, settings) });
    const counts: number[] = [];
    for (const shard of ["1/2", "2/2"]) {
      const args = ["plan", "--shard", shard, "--out", "plan.saved", "--format", "json"];
      counts.push(JSON.parse((await run(args, { cwd, env })).stdout).summary.create);
      expect((await run(["apply", "plan.saved"], { cwd, env })).code).toBe(0);
    }
    expect(counts.reduce((sum, count) => sum + count)).toBe(8);
    expect(Math.min(...counts)).toBeGreaterThan(0);
    expect((await run(["plan", "--detailed-exitcode"], { cwd, env })).code).toBe(0);
  });

  it("deletes what was to be pruned, and nothing that came after", async () => {
    const { verb, call, autumn } = await saved([ONCE, MONTHLY], [MONTHLY], "--prune");
    const late = { customer_id: "globex", feature_id: "api_calls", balance_id: "contracts:late" };
    await call("balances.create", { ...late, included_grant: 5 });
    autumn.clearRequests();
    expect((await verb("apply", "plan.saved")).code).toBe(0);
    const deleted = autumn.requests().filter(({ path }) => path === "/v1/balances.delete");
    expect(deleted.map(({ body }) => (body as { balance_id: string }).balance_id)).toEqual([
      "contracts:ai_credits",
    ]);
  });
});

describe("a saved plan is refused", () => {
  const edit = (file: string, change: (saved: SavedPlan) => SavedPlan, key: string): void => {
    const plan = readSavedPlan(readFileSync(file, "utf8"), key, VERSION);
    writeFileSync(file, savedPlanText(change(plan), key));
  };

  it("when somebody altered it", async () => {
    const { verb, file, autumn } = await saved([], [ONCE]);
    writeFileSync(file, readFileSync(file, "utf8").replaceAll(":250", ":250000"));
    const refused = await verb("apply", "plan.saved");
    await expect(transcript(refused)).toMatchFileSnapshot("golden/apply-saved-altered.txt");
    expect((await verb("show", "plan.saved")).code).toBe(3);
    expect(autumn.requests()).toEqual([]);
  });

  it("with another key, and with one of another environment", async () => {
    const { cwd, env, autumn } = await saved([], [ONCE]);
    const by = (key: string) =>
      run(["apply", "plan.saved"], { cwd, env: { ...env, AUTUMN_SECRET_KEY: key } });
    const live = await by("am_sk_live_0123456789");
    expect(live).toMatchObject({ code: 3 });
    expect(live.stderr).toContain(
      "made for the sandbox environment, but AUTUMN_SECRET_KEY is a key of the live",
    );
    const other = await by("am_sk_test_0123456789");
    expect(other).toMatchObject({ code: 3 });
    expect(other.stderr).toContain("made with another key");
    expect(autumn.requests()).toEqual([]);
  });

  it("at another server", async () => {
    const { cwd, env } = await saved([], [ONCE]);
    const other = await emulator();
    const elsewhere = { cwd, env: { ...env, AUTUMN_BASE_URL: other.url } };
    const refused = await run(["apply", "plan.saved"], elsewhere);
    expect(refused).toMatchObject({ code: 3 });
    expect(refused.stderr).toContain("the plan was made for http://127.0.0.1:");
    expect(other.requests()).toEqual([]);
  });

  it("when it is too old, and when it comes from a clock that is ahead", async () => {
    const { verb, file, autumn } = await saved([], [ONCE]);
    const moved = (ms: number) => (one: SavedPlan) => ({
      ...one,
      plan: { ...one.plan, madeAt: one.plan.madeAt + ms },
    });
    edit(file, moved(-23 * 3_600_000), autumn.key);
    const old = await verb("apply", "plan.saved");
    expect(old).toMatchObject({ code: 3 });
    expect(old.stderr).toContain("is too old: it could be applied until");
    edit(file, moved(24 * 3_600_000), autumn.key);
    expect((await verb("apply", "plan.saved")).stderr).toContain("is still to come");
    expect(autumn.requests()).toEqual([]);
  });

  it("when nothing tells whether it was applied before", async () => {
    const { verb, autumn, writes } = await saved([], [ONCE]);
    const status = { kind: "status", status: 503, after_effect: true } as const;
    // The features are read first.
    autumn.inject({ route: "POST /v1/features.list", nth: 2, ...status });
    const unclear = await verb("apply", "plan.saved");
    expect(unclear.code).toBe(1);
    expect(unclear.stderr).toContain("it is not known whether the plan counts as applied now: features.list");
    expect(unclear.stderr).toContain("hint: make a new plan with `plan --out`");
    expect(writes()).toEqual([]);
    expect((await verb("apply", "plan.saved")).code).toBe(3);
    expect(writes()).toEqual([]);
  });
});

describe("a saved plan where balances files are read", () => {
  it("is one plain error, with the way to apply it", async () => {
    const { cwd, verb, autumn, env } = await saved([], [ONCE]);
    copyFileSync(join(cwd, "plan.saved"), join(cwd, "plan.json"));
    const error = "plan.json:1:1: error: this is a saved plan, and no balances file\n";
    const hint =
      "apply it with `autumn-balances apply plan.json`; keep it out of the folders of balances files";
    const asked = [
      ["plan", "plan.json"],
      ["validate", "plan.json"],
      ["plan", "."],
      ["apply", ".", "--yes"],
    ];
    for (const words of asked) {
      const ended = await verb(...words);
      expect(ended, words.join(" ")).toMatchObject({ code: 1, stderr: `${error}  hint: ${hint}\n` });
    }
    // One for each.
    copyFileSync(join(cwd, "plan.saved"), join(cwd, "another.json"));
    const both = await run(["plan", "."], { cwd, env });
    expect(both.stderr.match(/error: /g)).toHaveLength(2);
    expect(autumn.requests()).toEqual([]);
  });
});

describe("a saved plan of another version", () => {
  it.each<[string, (text: string) => string, string]>([
    [
      "of the tool",
      (text) => text.replace(/"tool_version":"[^"]*"/, '"tool_version":"9.9.9"'),
      "made by version 9.9.9",
    ],
    ["of the format", (text) => text.replace('"format_version":"1"', '"format_version":"7"'), "format 7"],
  ])("is refused: %s", async (_, change, message) => {
    const { verb, file, autumn } = await saved([], [ONCE]);
    writeFileSync(file, change(readFileSync(file, "utf8")));
    const ended = await verb("apply", "plan.saved");
    expect(ended).toMatchObject({ code: 3, stdout: "" });
    expect(ended.stderr).toContain("refused: ");
    expect(ended.stderr).toContain(message);
    expect(ended.stderr).toContain("plan --out");
    expect(autumn.requests()).toEqual([]);
  });
});

describe("what is no saved plan", () => {
  it.each<[string, (text: string) => string, string]>([
    ["cut off", (text) => text.slice(0, -20), "is damaged, or not all of it is there"],
    [
      "of another tool",
      (text) => text.replace('"tool":"autumn-balances"', '"tool":"terraform"'),
      "by another tool",
    ],
    ["for reading", (text) => JSON.stringify(JSON.parse(text).plan), "what `plan --format json` prints"],
  ])("is an error with a way out: %s", async (_, change, message) => {
    const { verb, file, autumn } = await saved([], [ONCE]);
    writeFileSync(file, change(readFileSync(file, "utf8")));
    const ended = await verb("apply", "plan.saved");
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toContain(message);
    expect(ended.stderr).toContain("plan --out");
    expect(autumn.requests()).toEqual([]);
  });

  it("is an error: larger than any plan, or not there", async () => {
    const { verb, file } = await saved([], [ONCE]);
    truncateSync(file, 129 * 1024 * 1024);
    expect((await verb("apply", "plan.saved")).stderr).toContain("larger than any saved plan");
    expect((await verb("show", "gone.saved")).stderr).toContain("gone.saved cannot be read");
    expect((await verb("show", "balances.yaml")).stderr).toContain("this is no saved plan");
  });

  it("is not written over", async () => {
    const { verb, cwd } = await saved([], [ONCE]);
    const text = readFileSync(join(cwd, "balances.yaml"), "utf8");
    const ended = await verb("plan", "--out", "balances.yaml");
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stderr).toContain("balances.yaml is there, and is no saved plan");
    expect(readFileSync(join(cwd, "balances.yaml"), "utf8")).toBe(text);
    expect((await verb("plan", "--out", "no/such/folder")).stderr).toContain("cannot be written");
    expect((await verb("plan", "--out", "plan.saved")).code).toBe(0);
  });

  it("takes no options that make plans, nor other files beside it", async () => {
    const { verb, autumn } = await saved([], [ONCE]);
    const ended = await verb("apply", "plan.saved", "--prune", "--force", "--limit-deletes", "5");
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stderr).toContain("--prune, --limit-deletes, --force cannot be given with a saved plan");
    const both = await verb("apply", "plan.saved", "balances.yaml", "--yes");
    expect(both).toMatchObject({ code: 1 });
    expect(both.stderr).toContain("plan.saved is a saved plan, which is applied alone");
    expect(autumn.requests()).toEqual([]);
  });
});
