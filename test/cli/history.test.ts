// history, of balances that were really replaced by applying changed files.
import { describe, expect, it } from "vitest";
import { published } from "../report/published-schema.ts";
import { has } from "../support/has.ts";
import { balances, emulator, folder, MONTHLY, ONCE, run, transcript } from "./helper.ts";

const { validates: validatesHistory, describes: describesHistory } = published("history");

const LEVELS = ["2026-08", "2026-10"] as const;

/** An account on which one file after the other was applied. */
async function applied(level: (typeof LEVELS)[number], ...versions: readonly (readonly object[])[]) {
  const autumn = await emulator(undefined, { level });
  const cwd = folder();
  for (const entries of versions) {
    const files = folder({ "balances.yaml": balances(entries) });
    const { code, stderr } = await run(["apply", "--yes", `${files}/balances.yaml`], { env: autumn.env });
    if (code !== 0) throw new Error(stderr);
  }
  const last = folder({ "balances.yaml": balances(versions.at(-1) ?? []) });
  return {
    autumn,
    cwd,
    history: (...args: string[]) => run(["history", ...args], { cwd: last, env: autumn.env }),
  };
}

const raised = (included: number) => [{ ...MONTHLY, included }, ONCE];

describe.each(LEVELS)("history, server of %s", (level) => {
  // Without git the text says so.
  it.skipIf(!has("git"))("tells generations in the order in which they ended, in every format", async () => {
    const { history } = await applied(level, raised(100), raised(200), raised(300));
    const text = await history();
    await expect(transcript(text)).toMatchFileSnapshot("golden/history.txt");

    const { stdout } = await history("--format", "json");
    const document = JSON.parse(stdout);
    expect(validatesHistory(document), JSON.stringify(validatesHistory.errors)).toBe(true);
    expect(describesHistory(document), JSON.stringify(describesHistory.errors)).toBe(true);
    expect(document).toMatchObject({ kind: "history", summary: { ended: 2, used_up: 0, earlier: 0 } });
    expect(document.timelines).toMatchObject([
      {
        customer_id: "acme",
        exists: true,
        events: [
          { event: "ended", generation: 1, granted: 100, used: 0, replaced_by: "contracts:api_calls~2" },
          { event: "ended", generation: 2, granted: 200, used: 0, replaced_by: "contracts:api_calls~3" },
        ],
      },
    ]);

    const csv = (await history("--format", "csv")).stdout.split("\r\n");
    expect(csv).toHaveLength(4);
    expect(csv[0]).toMatch(/^at,event,customer_id,/);
    expect(csv[1]).toMatch(
      /^[\d:.TZ-]+,ended,acme,,api_calls,api_calls,1,contracts:api_calls,100,0,month,1,/,
    );
    expect(csv[3]).toBe("");
  });
});

/** A customer with rows that have ended, as somebody else's server might hold them. */
const withRows = (id: string, ...rows: object[]) => ({
  id,
  balances: rows.map((row) => ({ feature_id: "api_calls", included_grant: 10, ...row })),
});

describe("history", () => {
  const ENDED_IN = 60_000;
  /** The rows end a minute from now on the emulator's clock, which is then moved on. */
  async function ended(customers: readonly object[], files: Record<string, string> = {}) {
    const autumn = await emulator(customers);
    autumn.advance({ minutes: 2 });
    const cwd = folder(files);
    return (...args: string[]) => run(["history", ...args], { cwd, env: autumn.env });
  }
  const soon = () => Date.now() + ENDED_IN;

  it("needs no file where the namespace and the customers are said", async () => {
    const history = await ended([
      withRows("acme", { balance_id: "contracts:a", expires_at: soon() }),
      withRows("globex", { balance_id: "contracts:b", expires_at: soon() }),
    ]);
    const all = await history("--namespace", "contracts", "--all-customers");
    expect(all).toMatchObject({ code: 0, stderr: "" });
    expect(all.stdout).toMatch(/^2 balances of 2 customers have ended since /);
    const one = await history("globex", "--namespace", "contracts");
    expect(one.stdout).toMatch(/^1 balance of 1 customer has ended since /);
    expect(one.stdout).toContain("nothing replaced it");
    expect((await history("globex", "--namespace", "other")).stdout).toMatch(/^No balance has ended since /);
  });

  it("goes as far back as it is told, and says what is before", async () => {
    const history = await ended([withRows("acme", { balance_id: "contracts:a", expires_at: soon() })]);
    const args = ["acme", "--namespace", "contracts"];
    const later = await history(...args, "--since", new Date(Date.now() + 90_000).toISOString());
    expect(later.stdout).toMatch(/^No balance has ended since /);
    expect(later.stdout).toContain("1 balance ended before that");
    for (const since of ["1h", "2w", "2026-01-01"]) {
      expect((await history(...args, "--since", since)).stdout).toMatch(/^1 balance of 1 customer has ended/);
    }
    for (const since of ["yesterday", "90", "2026-02-30", "2026-01-01T00:00"]) {
      const { code, stderr } = await history(...args, "--since", since);
      expect(code).toBe(1);
      expect(stderr).toContain("Write it like 2026-10-01");
    }
  });

  it.each([
    ["nobody is named, and there is no file", ["--namespace", "contracts"], {}, "nothing says whose history"],
    ["nothing says the namespace", ["acme"], {}, "there is no balances.yaml here that says the namespace"],
    ["all and one are asked for", ["acme", "--all-customers"], {}, "exclude each other"],
    ["the name is empty", [""], {}, "It is blank: check the variable"],
    ["nobody has the name", ["acem", "--namespace", "contracts"], {}, "there is no customer acem"],
    ["the file is wrong", [], { "balances.yaml": "version: 1\n" }, "error: "],
    ["there is no such file", ["--file", "gone.yaml"], {}, "`gone.yaml` does not exist"],
  ])("is an error when %s", async (_, args, files, says) => {
    const { env } = await emulator();
    const { code, stdout, stderr } = await run(["history", ...args], { cwd: folder(files), env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(says);
  });

  it("asks nobody under a key of the other environment", async () => {
    const autumn = await emulator();
    const cwd = folder({ "balances.yaml": balances([ONCE], { environment: "live" }) });
    autumn.clearRequests();
    expect((await run(["history"], { cwd, env: autumn.env })).code).toBe(3);
    expect(autumn.requests()).toEqual([]);
  });

  it("passes over customers of the files that are gone, and says so", async () => {
    const history = await ended([withRows("acme", { balance_id: "contracts:a", expires_at: soon() })], {
      "balances.yaml": balances([{ ...ONCE, customer_id: "left" }, MONTHLY]),
    });
    const { code, stdout } = await history();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^1 balance of 1 customer has ended/);
    expect(stdout).toContain("Not in Autumn, or no more: left.");
    expect(JSON.parse((await history("--format", "json")).stdout).missing_customers).toEqual(["left"]);
  });

  const HOSTILE = [
    "\u001b[2J\u001b]0;pwned\u0007",
    "\u202egnp.exe",
    "::error::pwned",
    "##[error]pwned",
    "x".repeat(5_000),
    '=HYPERLINK("http://evil","x")',
    "@SUM(1+1)",
    "-2+3",
    'a,b"c',
  ];

  it("shows hostile ids as what they are", async () => {
    const history = await ended(
      HOSTILE.map((id, n) => withRows(id, { balance_id: `contracts:${n}${id}`, expires_at: soon() })),
    );
    const args = ["--namespace", "contracts", "--all-customers"];
    const { code, stdout } = await history(...args, "--log-level", "debug");
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]|^\s*::|##\[/mu);
    expect(stdout).toContain("\\u{1b}[2J");
    expect(stdout).toMatch(/x{99,100}…x{99,100}/);

    const csv = (await history(...args, "--format", "csv")).stdout;
    expect(csv.replaceAll("\r\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    const lines = csv.split("\r\n").slice(1, -1);
    expect(lines).toHaveLength(HOSTILE.length);
    expect(lines.some((line) => line.includes(`,"'=HYPERLINK(""http://evil"",""x"")",`))).toBe(true);
    expect(lines.some((line) => line.includes(",'@SUM(1+1),"))).toBe(true);
    expect(lines.some((line) => line.includes(",'-2+3,"))).toBe(true);
    expect(lines.some((line) => line.includes(',"a,b""c",'))).toBe(true);

    const json = (await history(...args, "--format", "json")).stdout;
    expect(json).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    const ids = JSON.parse(json).timelines.map((one: { customer_id: string }) => one.customer_id);
    expect(ids).toEqual([...HOSTILE].sort());
  });

  it("has colours when it is asked for them, and none otherwise", async () => {
    const { env } = await emulator([withRows("acme")]);
    const history = (extra: Record<string, string>) =>
      run(["history", "acme", "--namespace", "contracts"], { env: { ...env, ...extra } });
    expect((await history({})).stdout).not.toContain("\u001b");
    expect((await history({ FORCE_COLOR: "1" })).stdout).toContain("\u001b[1m");
  });
});
