// What pull requests and CI systems are given. What the formats look like is tested with the reports.
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { has } from "../support/has.ts";
import { balances, emulator, FLAG, folder, MONTHLY, ONCE, run, transcript } from "./helper.ts";

const WRONG = { "balances.yaml": "version: 1\nnamespace: contracts\nbalances:\n  - custmer_id: acme\n" };

describe("plan --format markdown", () => {
  it("prints the plan for a comment, and says where the whole is", async () => {
    const { env } = await emulator();
    const cwd = folder({ "balances.yaml": balances([MONTHLY, FLAG, ONCE]) });
    const ended = await run(["plan", "--format", "markdown", "--whole-at", "plan.html"], { cwd, env });
    await expect(transcript(ended)).toMatchFileSnapshot("golden/plan-markdown.txt");
  });

  it("stays below the size it is told, and goes beyond every size only when asked to", async () => {
    const { env } = await emulator(Array.from({ length: 200 }, (_, n) => ({ id: `customer_${n}` })));
    const entries = Array.from({ length: 400 }, (_, n) => {
      return { ...MONTHLY, customer_id: `customer_${n % 200}`, id: `b${n}` };
    });
    const cwd = folder({ "balances.yaml": balances(entries) });
    const fast = ["--rate", "1000", "--check-grants", "never"];
    const size = async (...args: string[]): Promise<number> =>
      Buffer.byteLength((await run(["plan", ...fast, "--format", "markdown", ...args], { cwd, env })).stdout);
    const small = await size("--max-size", "10000");
    expect(small).toBeGreaterThan(6_500);
    expect(small).toBeLessThanOrEqual(10_000);
    const { stdout } = await run(["plan", ...fast, "--format", "markdown", "--full"], { cwd, env });
    expect(stdout.match(/`\+` create/g)).toHaveLength(400);
  });

  it("says what is wrong where there is no plan", async () => {
    const { code, stdout, stderr } = await run(["plan", "--format", "markdown"], { cwd: folder(WRONG) });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^### There is no plan: \d problems?\n\n- `balances.yaml:4`: /);
    expect(stderr).toContain("balances.yaml:4:5: error:");
  });

  it("says what a guard refuses, in the plan itself", async () => {
    const { env } = await emulator();
    const cwd = folder({ "balances.yaml": balances([MONTHLY]) });
    const limit = ["--limit-granted", `${MONTHLY.feature_id}=1`];
    const { code, stdout, stderr } = await run(["plan", "--format", "markdown", ...limit], { cwd, env });
    expect(code).toBe(3);
    expect(stdout).toContain("> - **Refused:** grants ");
    expect(stderr).toMatch(/^refused: grants /);
  });
});

describe("plan --format html", () => {
  it("prints a page with every change, whatever a guard says", async () => {
    const { env } = await emulator();
    const cwd = folder({ "balances.yaml": balances([MONTHLY, FLAG, ONCE]) });
    const limit = ["--limit-granted", `${MONTHLY.feature_id}=1`];
    const { code, stdout } = await run(["plan", "--format", "html", ...limit], { cwd, env });
    expect(code).toBe(3);
    expect(stdout).toMatch(/^<!DOCTYPE html>\n.*<\/html>\n$/s);
    expect(stdout.match(/ data-kind="create"/g)).toHaveLength(3);
    expect(stdout).toContain("<strong>Refused</strong>");
  });
});

describe("validate --format", () => {
  it.each([
    ["github", /^::error file=balances\.yaml,line=4,col=5,title=missing-field::/],
    ["gitlab", /"path": "balances\.yaml"/],
    ["sarif", /"uri": "balances\.yaml"/],
    ["junit", /<failure type="missing-field"/],
  ])("%s says what is wrong at its place", async (format, says) => {
    const { code, stdout, stderr } = await run(["validate", "--format", format], { cwd: folder(WRONG) });
    expect(code).toBe(1);
    expect(stdout).toMatch(says);
    expect(stderr).toContain("balances.yaml:4:5: error:");
  });

  it.each([
    ["github", /^balances\.yaml: 1 balance of 1 customer, all right\.\n$/],
    ["gitlab", /^\[\]\n$/],
    ["sarif", /"results": \[\]/],
    ["junit", /failures="0"/],
  ])("%s is complete when nothing is wrong", async (format, says) => {
    const cwd = folder({ "balances.yaml": balances([MONTHLY]) });
    const { code, stdout, stderr } = await run(["validate", "--format", format], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(says);
  });

  const bad = balances([{ ...MONTHLY, included: 0 }]);
  const mono = {
    "services/billing/balances/acme.yaml": bad,
    "services/billing/balances/globex.yaml": balances([ONCE]),
  };
  const PATHS =
    /file=([^,"]*\/[^,]*),|"path": "([^"]*)"|"uri": "([^"]*)"|<testcase classname="balances" name="([^"]*)"/g;

  /** The files that a report shows problems at, or tests. */
  async function shown(format: string, cwd: string, paths: string[], env: Record<string, string> = {}) {
    const { stdout } = await run(["validate", ...paths, "--format", format], { cwd, env });
    return [...stdout.matchAll(PATHS)].map((match) => match.slice(1).find((path) => path !== undefined));
  }

  it.skipIf(!has("git")).each(["github", "gitlab", "sarif", "junit"])(
    "%s names files from the root of the repository",
    async (format) => {
      const acme = "services/billing/balances/acme.yaml";
      const files = format === "junit" ? [acme, acme.replace("acme", "globex")] : [acme];
      const checkout = folder({ ...mono, "services/other/README": "" });
      execFileSync("git", ["init", "-q"], { cwd: checkout });
      const billing = join(checkout, "services/billing");
      const other = join(checkout, "services/other");
      expect(await shown(format, billing, ["balances"])).toEqual(files);
      expect(await shown(format, other, ["../billing/balances"])).toEqual(files);
      expect(await shown(format, checkout, [join(billing, "balances")])).toEqual(files);
      // Checked out into a folder of the workspace.
      const inWorkspace = { GITHUB_WORKSPACE: dirname(checkout) };
      expect(await shown(format, billing, ["balances"], inWorkspace)).toEqual(files);

      // Where no checkout is to be seen, the CI system says where it is.
      const plain = folder(mono);
      for (const name of ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"]) {
        expect(await shown(format, join(plain, "services/billing"), ["balances"], { [name]: plain })).toEqual(
          files,
        );
      }
      const here = files.map((file) => file.replace("services/billing/", ""));
      expect(await shown(format, join(plain, "services/billing"), ["balances"])).toEqual(here);
    },
  );

  it("junit has no test that is called after a folder", async () => {
    const { stdout } = await run(["validate", "balances", "--format", "junit"], {
      cwd: folder({ "balances/a.yaml": bad }),
    });
    expect(stdout).toContain('tests="1" failures="1"');
  });
});
