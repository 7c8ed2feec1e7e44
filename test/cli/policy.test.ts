// The policy of a repository: what a plan says of it, what it keeps apply from, and whose policy counts.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describes } from "../report/published-schema.ts";
import { has } from "../support/has.ts";
import { balances, emulator, folder, MONTHLY, ONCE, run, steady, transcript } from "./helper.ts";

const FILE = "autumn-balances.policy.yaml";
const POLICY = `version: 1
rules:
  - name: large-grants
    when: change.granted > 1000.0
    then: { approve: finance }
    message: finance sees grants over 1,000 units
  - name: must-expire
    use: must_expire
    where: entry.feature_id == "ai_credits"
    then: warn
cases:
  - name: a large grant
    entries: [{ customer_id: acme, feature_id: api_calls, included: 5000 }]
    expect: [large-grants]
`;
const DENY =
  "version: 1\nrules: [{ name: no-credits, on: entry, when: 'entry.feature_id == \"ai_credits\"', then: deny }]\n";

async function setUp(policy = POLICY, entries: readonly object[] = [MONTHLY, ONCE]) {
  const autumn = await emulator();
  const { env } = autumn;
  const cwd = folder({ "balances.yaml": balances(entries), [FILE]: policy });
  const verb = (...words: string[]) => run(words, { cwd, env });
  const rows = async (): Promise<number> => {
    const { stdout } = await verb("plan", "--format", "json");
    return JSON.parse(stdout).owned_rows;
  };
  return { autumn, env, cwd, verb, rows };
}

function git(cwd: string, ...args: string[]): void {
  const identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
  execFileSync("git", [...identity, ...args], { cwd, stdio: "pipe" });
}

describe("a policy", () => {
  it("is told in every format of a plan, and is no refusal of it", async () => {
    const { verb } = await setUp();
    const text = await verb("plan");
    expect(text.code).toBe(0);
    await expect(transcript(text)).toMatchFileSnapshot("golden/plan-policy.txt");
    await expect(steady((await verb("plan", "--format", "markdown")).stdout)).toMatchFileSnapshot(
      "golden/plan-policy.md",
    );
    const html = (await verb("plan", "--format", "html")).stdout;
    expect(html).toContain('<h2 id="policy">Policy</h2>');
    expect(html).toContain("finance sees grants over 1,000 units");
    const json = JSON.parse((await verb("plan", "--format", "json")).stdout);
    expect(describes(json), JSON.stringify(describes.errors)).toBe(true);
    expect(json.policy).toMatchObject({
      name: FILE,
      approvals: ["finance"],
      findings: [
        {
          rule: "large-grants",
          effect: "approve",
          approver: "finance",
          customer_id: "acme",
          key: "api_calls",
        },
        { rule: "must-expire", effect: "warn", approver: null, customer_id: "globex", key: "ai_credits" },
      ],
    });
    expect(json.policy.findings[0].place.file).toBe("balances.yaml");
  });

  it("keeps apply from a plan that is not approved, and changes nothing", async () => {
    const { verb, rows } = await setUp();
    const refused = await verb("apply", "--yes");
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain("needs the approval of finance, for `large-grants`");
    expect((await verb("apply", "--yes", "--force", "--approved-by", "legal")).code).toBe(3);
    expect(await rows()).toBe(0);
    expect((await verb("apply", "--yes", "--approved-by", "legal", "--approved-by", "finance")).code).toBe(0);
    expect(await rows()).toBe(2);
    expect((await verb("apply", "--yes")).code).toBe(0);
  });

  it("denies, whatever is forced", async () => {
    const { verb, rows } = await setUp(DENY);
    const planned = await verb("plan");
    expect(planned.code).toBe(3);
    expect(planned.stderr).toContain("balances.yaml:");
    expect(planned.stderr).toContain("the rule `no-credits` denies ai_credits of globex");
    expect((await verb("apply", "--yes", "--force", "--approved-by", "finance")).code).toBe(3);
    expect(await rows()).toBe(0);
  });

  it("goes with a saved plan, and cannot be taken out of it", async () => {
    const { verb, cwd, rows } = await setUp();
    expect((await verb("plan", "--out", "plan.saved")).code).toBe(0);
    writeFileSync(join(cwd, FILE), "version: 1\nrules: []\n");
    const refused = await verb("apply", "plan.saved");
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain("needs the approval of finance");
    expect((await verb("show", "plan.saved")).stdout).toContain("asks for the approval of finance");
    const file = join(cwd, "plan.saved");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace('"approvals":["finance"]', '"approvals":[]'));
    const altered = await verb("apply", "plan.saved", "--approved-by", "finance");
    expect(altered.code).toBe(3);
    expect(altered.stderr).toContain("altered");
    expect(await rows()).toBe(0);
    writeFileSync(file, text);
    expect((await verb("apply", "plan.saved", "--approved-by", "finance")).code).toBe(0);
    expect(await rows()).toBe(2);
  });

  it.skipIf(!has("git"))("is that of the base, so that no change judges itself", async () => {
    const { verb, cwd, env } = await setUp(DENY, [MONTHLY]);
    git(cwd, "init", "-q", "-b", "main");
    git(cwd, "add", ".");
    git(cwd, "commit", "-qm", "one");
    writeFileSync(join(cwd, FILE), "version: 1\nrules: []\n");
    writeFileSync(join(cwd, "balances.yaml"), balances([MONTHLY, ONCE]));
    expect((await verb("plan")).code).toBe(0);
    for (const option of ["--base", "--changed-since"]) {
      const planned = await verb("plan", option, "main");
      expect(planned.code, option).toBe(3);
      expect(planned.stdout).toMatch(/autumn-balances\.policy\.yaml at main \([0-9a-f]{7}\)/);
    }
    // Also from a folder inside of the repository.
    mkdirSync(join(cwd, "inner"));
    writeFileSync(join(cwd, "inner/balances.yaml"), balances([MONTHLY, ONCE]));
    expect((await run(["plan", "--base", "main"], { cwd: join(cwd, "inner"), env })).code).toBe(3);
    writeFileSync(join(cwd, FILE), "version: 2\nrules: []\n");
    const broken = await verb("plan", "--base", "main");
    expect(broken.code).toBe(1);
    expect(broken.stderr).toContain(`${FILE}:1:10`);
  });

  it.skipIf(!has("git"))("is not judged by where the base has none yet, and the plan says so", async () => {
    const { verb, cwd } = await setUp(DENY);
    git(cwd, "init", "-q", "-b", "main");
    git(cwd, "add", "balances.yaml");
    git(cwd, "commit", "-qm", "one");
    const planned = await verb("plan", "--base", "main");
    expect(planned.code).toBe(0);
    expect(planned.stdout).toContain("is not there at the base");
  });

  it("knows the teams that the pipeline passes", async () => {
    const rule = `version: 1\nrules: [{ name: who, when: '!("billing" in teams)', then: deny }]\n`;
    const { verb, cwd, env } = await setUp(rule);
    expect((await verb("plan")).code).toBe(3);
    expect((await verb("plan", "--team", "sales", "--team", "billing")).code).toBe(0);
    const told = await run(["plan"], { cwd, env: { ...env, AUTUMN_BALANCES_TEAMS: "sales, billing" } });
    expect(told.code).toBe(0);
  });

  it("is checked by validate, and tries its own cases", async () => {
    const { verb, cwd } = await setUp();
    const tried = await verb("policy", "test");
    await expect(transcript(tried)).toMatchFileSnapshot("golden/policy-test.txt");
    writeFileSync(join(cwd, FILE), POLICY.replace("expect: [large-grants]", "expect: [must-expire]"));
    const failed = await verb("policy", "test", FILE);
    await expect(transcript(failed)).toMatchFileSnapshot("golden/policy-test-failed.txt");
    expect(failed.code).toBe(1);
    writeFileSync(join(cwd, FILE), POLICY.replace("change.granted >", "change.grantd >"));
    const wrong = await verb("validate");
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain(`${FILE}:4:18`);
    expect((await verb("policy", "test", "nowhere.yaml")).code).toBe(1);
  });
});
