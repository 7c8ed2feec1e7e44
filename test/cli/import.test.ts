// import: what is there goes to stdout or into a file, and a plan has nothing to do for it.
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describes } from "../report/published-schema.ts";
import { gateBefore } from "../support/gate.ts";
import { has } from "../support/has.ts";
import { balances, emulator, folder, MONTHLY, ONCE, run, shell, start, transcript } from "./helper.ts";

const reset = { interval: "month" } as const;

const CUSTOMERS = [
  {
    id: "acme",
    plans: [{ plan_id: "pro", balances: [{ feature_id: "api_calls", included_grant: 10_000, reset }] }],
    balances: [
      {
        feature_id: "api_calls",
        included_grant: 50_000,
        reset,
        balance_id: "contracts:api_calls",
        usage: 70,
      },
      { feature_id: "api_calls", included_grant: 500, balance_id: "black-friday" },
      { feature_id: "ai_credits", included_grant: 20, balance_id: "gift", usage: 20 },
      { feature_id: "ai_credits", included_grant: 20, balance_id: "legacy:ai_credits" },
    ],
  },
  { id: "globex", balances: [{ feature_id: "sso", balance_id: "trial" }] },
  { id: "initech" },
];

const ALL = ["import", "--all-customers"];
const NAMED = [...ALL, "--namespace", "contracts"];

const read = (cwd: string, file = "balances.yaml"): string => readFileSync(join(cwd, file), "utf8");

describe("import", () => {
  it("prints a file to stdout, and what it left out to stderr", async () => {
    const { env } = await emulator(CUSTOMERS);
    const cwd = folder();
    await expect(transcript(await run(NAMED, { cwd, env }))).toMatchFileSnapshot("golden/import-stdout.txt");
    expect(readdirSync(cwd)).toEqual([]);
  });

  it.each(["2026-08", "2026-10"] as const)(
    "makes a file for which a plan has nothing to do, and finds nothing more, level %s",
    async (level) => {
      const autumn = await emulator(CUSTOMERS, { level });
      const options = { cwd: folder(), env: autumn.env };
      const first = await run([...NAMED, "--out", "balances.yaml"], options);
      await expect(transcript(first)).toMatchFileSnapshot("golden/import-out.txt");
      const text = read(options.cwd);
      await expect(text).toMatchFileSnapshot("golden/import-balances.yaml");

      const plan = await run(["plan", "--detailed-exitcode", "--check-grants", "always"], options);
      expect(plan.stdout).toContain("Nothing to do: 3 balances are as declared.\n");
      expect(plan.code).toBe(0);

      const again = await run([...ALL, "--out", "balances.yaml"], options);
      expect(again.stdout).toContain("Nothing to import.\n");
      expect(again.stdout).toContain("3 balances were declared before.\n");
      expect(read(options.cwd)).toBe(text);
      expect(autumn.requests().filter(({ path }) => /create|update|delete/.test(path))).toEqual([]);
    },
  );

  it("begins the list of a file that has `balances:` and nothing below it", async () => {
    const { env } = await emulator(CUSTOMERS);
    const before = "version: 1\nnamespace: contracts\nbalances: # to come\nenvironment: sandbox\n";
    const cwd = folder({ "balances.yaml": before });
    const { code, stdout } = await run([...ALL, "--out", "balances.yaml"], { cwd, env });
    expect(code, stdout).toBe(0);
    expect(stdout).toContain("Imported into balances.yaml: 3 balances");
    expect(
      read(cwd)
        .split("\n")
        .filter((line) => !line.startsWith("  "))
        .join("\n"),
    ).toBe(before);
    expect((await run(["plan"], { cwd, env })).stdout).toContain("Nothing to do: 3 balances");
  });

  it("adds to a file what is not declared, and keeps all else in it", async () => {
    const { env } = await emulator(CUSTOMERS);
    const before =
      "# Ours.\nversion: 1\nnamespace: contracts   # for ever\nbalances:\n  # the contract\n" +
      "  - { customer_id: acme, feature_id: api_calls, included: 50000, reset: { interval: month } } # paid\n" +
      "\n# That is all.\nlimits: { deletes: 5 }\n";
    const cwd = folder({ "balances.yaml": before });
    const { code, stdout } = await run([...ALL, "--out", "balances.yaml"], { cwd, env });
    expect(code).toBe(0);
    expect(stdout).toContain("Imported into balances.yaml: 2 balances of 2 customers, 2 adopted.\n");
    const at = before.indexOf("\n# That is all.");
    const added =
      "  - customer_id: acme\n    feature_id: api_calls\n    id: black-friday\n    included: 500\n    adopt: black-friday\n" +
      "  - customer_id: globex\n    feature_id: sso\n    id: trial\n    adopt: trial\n";
    expect(read(cwd)).toBe(before.slice(0, at) + added + before.slice(at));
  });

  it("counts as declared what any of the files declares", async () => {
    const { env } = await emulator(CUSTOMERS);
    const cwd = folder({ "balances/a.yaml": balances([MONTHLY]) });
    const customer = ["--customer", "acme", "--customer", "globex"];
    const { stdout, stderr } = await run(["import", ...customer, "--out", "balances/b.json"], { cwd, env });
    expect(stdout).toContain("Imported into balances/b.json: 2 balances of 2 customers, 2 adopted.\n");
    expect(stderr).toBe("");
    expect(JSON.parse(read(cwd, "balances/b.json"))).toMatchObject({ namespace: "contracts" });
    expect((await run(["plan"], { cwd, env })).stdout).toContain(
      "Nothing to do: 3 balances are as declared.",
    );
    const elsewhere = await run([...ALL, "--adopt-namespace", "legacy", "--out", "more.yaml"], { cwd, env });
    expect(elsewhere.stderr).toBe(
      "hint: a plan reads it only where it is named: autumn-balances plan balances/a.yaml balances/b.json more.yaml\n",
    );
    expect(read(cwd, "more.yaml")).toContain("included: 20\n    adopt: legacy:ai_credits\n");
  });

  it.skipIf(!has("bash"))("can be sent into balances.yaml, which the shell has emptied before", async () => {
    const { env } = await emulator(CUSTOMERS);
    const cwd = folder();
    const { code } = await shell(`autumn-balances ${NAMED.join(" ")} > balances.yaml`, { cwd, env });
    expect(code).toBe(0);
    expect((await run(["plan"], { cwd, env })).stdout).toContain(
      "Nothing to do: 3 balances are as declared.",
    );
  });

  it("prints everything as JSON, as the published schema describes it", async () => {
    const { env } = await emulator(CUSTOMERS);
    const cwd = folder();
    const { code, stdout, stderr } = await run([...NAMED, "--format", "json"], { cwd, env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const document = JSON.parse(stdout);
    expect(describes(document), JSON.stringify(describes.errors)).toBe(true);
    expect(document).toMatchObject({
      kind: "import",
      file: null,
      summary: { imported: 3, adopted: 2, declared: 0, of_plans: 1, left_out: 2 },
      left_out: [{ code: "used-up" }, { code: "other-namespace" }],
    });
  });

  it("keeps a link and the permissions of the file", async () => {
    const { env } = await emulator(CUSTOMERS);
    const cwd = folder({ "there/real.yaml": balances([]), "empty.yaml": "\n" });
    chmodSync(join(cwd, "there/real.yaml"), 0o640);
    symlinkSync("there/real.yaml", join(cwd, "balances.yaml"));
    const { code } = await run([...ALL, "--out", "balances.yaml"], { cwd, env });
    expect(code).toBe(0);
    expect(lstatSync(join(cwd, "balances.yaml")).isSymbolicLink()).toBe(true);
    expect(statSync(join(cwd, "there/real.yaml")).mode & 0o777).toBe(0o640);
    expect(read(cwd, "there/real.yaml")).toContain('"adopt": "trial"');
    expect(readdirSync(join(cwd, "there"))).toEqual(["real.yaml"]);
  });

  it("writes a file from the start that is there and empty", async () => {
    const { env } = await emulator(CUSTOMERS);
    const cwd = folder({ "balances.yaml": "\n" });
    const { code } = await run([...NAMED, "--out", "balances.yaml"], { cwd, env });
    expect(code).toBe(0);
    expect(read(cwd)).toMatch(/^# yaml-language-server.*\nversion: 1\nnamespace: contracts\n/);
  });
});

describe("import refuses", () => {
  it.each([
    ["to guess the customers", ["import"], "nothing says whose balances are to be imported"],
    [
      "all and some customers",
      [...ALL, "--customer", "acme"],
      "--all-customers and --customer exclude each other",
    ],
    ["to make up a namespace", ALL, "there is no balances.yaml here that says the namespace"],
    ["a namespace that is none", [...ALL, "--namespace", "a:b"], "a:b cannot be a namespace"],
    [
      "a folder that is not there",
      [...NAMED, "--out", "none/b.yaml"],
      "none/b.yaml cannot be written: ENOENT",
    ],
    ["a folder as a file", [...NAMED, "--out", "."], "this is not a regular file"],
    ["a mapping without a spreadsheet", [...NAMED, "--map", "map.yaml"], "none is given"],
    ["files that are not there", [...ALL, "none.yaml"], "`none.yaml` does not exist"],
    [
      "a customer that does not exist",
      ["import", "--namespace", "a", "--customer", "nobody"],
      "there is no customer nobody",
    ],
  ])("%s", async (_, args, says) => {
    const { env } = await emulator(CUSTOMERS);
    const cwd = folder();
    const { code, stdout, stderr } = await run(args, { cwd, env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(says);
    expect(stderr).toContain("\n  hint: ");
    expect(readdirSync(cwd)).toEqual([]);
  });

  it("another namespace than the files have", async () => {
    const { env } = await emulator(CUSTOMERS);
    const cwd = folder({ "balances.yaml": balances([]) });
    const { code, stderr } = await run([...ALL, "--namespace", "other"], { cwd, env });
    expect(code).toBe(1);
    expect(stderr).toContain("--namespace is other, but balances.yaml has the namespace contracts");
  });

  it("files with mistakes, before anything is asked", async () => {
    const autumn = await emulator(CUSTOMERS);
    const cwd = folder({ "balances.yaml": balances([{ ...ONCE, included: -1 }]) });
    const { code, stderr } = await run([...ALL, "--out", "balances.yaml"], { cwd, env: autumn.env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^balances\.yaml:\d+:\d+: error: /);
    expect(autumn.requests()).toEqual([]);
  });

  it("a key of another environment, and a live one with --sandbox", async () => {
    const { env } = await emulator(CUSTOMERS);
    const cwd = folder({ "balances.yaml": balances([], { environment: "live" }) });
    expect((await run(ALL, { cwd, env })).code).toBe(3);
    const live = { ...env, AUTUMN_SECRET_KEY: "am_sk_live_0123456789" };
    expect((await run([...NAMED, "--sandbox"], { cwd: folder(), env: live })).code).toBe(3);
  });

  it("to write over what somebody else has written meanwhile", async () => {
    const autumn = await emulator(CUSTOMERS);
    const gate = await gateBefore(autumn);
    const held = gate.hold();
    const cwd = folder({ "balances.yaml": balances([]) });
    const env = { ...autumn.env, AUTUMN_BASE_URL: gate.url };
    const running = start([...ALL, "--out", "balances.yaml"], { cwd, env });
    await held.reached;
    writeFileSync(join(cwd, "balances.yaml"), balances([MONTHLY]));
    await held.release();
    const { code, stderr } = await running.ended;
    expect(code).toBe(1);
    expect(stderr).toContain("balances.yaml was changed by somebody else while its balances were looked for");
    expect(read(cwd)).toBe(balances([MONTHLY]));
    expect(readdirSync(cwd)).toEqual(["balances.yaml"]);
  });

  it("to go on after ^C, and leaves no file", async () => {
    const autumn = await emulator(CUSTOMERS, { latencyMs: 600_000 });
    const cwd = folder();
    const running = start([...NAMED, "--out", "balances.yaml"], { cwd, env: autumn.env });
    while (autumn.requests().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    running.child.kill("SIGINT");
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toContain("stopped; nothing was changed");
    expect(existsSync(join(cwd, "balances.yaml"))).toBe(false);
  });
});

describe("hostile ids", () => {
  const ids = ["\u202egnp: x", "'\"\\", "a\nb", "\u001b[2J", "::error::x", "- {", "é😀", "true"];
  const customers = ids.map((id, n) => ({
    id,
    balances: [{ feature_id: "api_calls", included_grant: n + 1, balance_id: id }],
  }));

  it("are escaped in the file, or left out with the reason", async () => {
    const { env } = await emulator(customers);
    const cwd = folder();
    const { code, stdout, stderr } = await run([...NAMED, "--out", "balances.yaml"], { cwd, env });
    expect(code).toBe(0);
    expect(stdout + stderr + read(cwd)).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(stdout + stderr).not.toMatch(/^\s*::/m);
    expect(stdout).toContain("Left out: 2 balances\n");
    expect(read(cwd)).toContain('adopt: "\\u202egnp: x"\n');
    const plan = await run(["plan"], { cwd, env });
    expect(plan.stdout).toContain("Nothing to do: 6 balances are as declared.");
  });

  it("that hold the secret key are not written down", async () => {
    const key = "am_sk_test_0123456789abcdef";
    const owner = { id: `x-${key}`, balances: [{ feature_id: "api_calls", included_grant: 1 }] };
    const { env } = await emulator([owner, ...customers.slice(-1)], { key });
    const cwd = folder();
    for (const out of [[], ["--out", "balances.yaml"], ["--format", "json"]]) {
      const { code, stdout, stderr } = await run([...NAMED, ...out], { cwd, env });
      expect(code).toBe(0);
      expect(stdout + stderr).not.toContain(key);
      expect(stdout + stderr).toMatch(/holds a secret key/);
    }
    expect(read(cwd)).not.toContain(key);
  });
});
