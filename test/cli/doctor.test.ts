// doctor: what holds for a server, what was made for it and is removed again, and what is the case on one's own side.
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FACT_GROUPS } from "../../src/doctor/index.ts";
import type { RunningEmulator } from "../../src/emulator/index.ts";
import { describes, validates } from "../report/published-schema.ts";
import { has } from "../support/has.ts";
import { balances, type Ended, emulator, folder, ONCE, onTerminal, run, start } from "./helper.ts";

/** As fast as it goes; what remains is waiting for ends and resets. */
const FAST = ["--rate", "1000", "--concurrency", "100"];
const KEY = "am_sk_test_9f8e7d6c5b4a";
const FACTS = FACT_GROUPS.flatMap(({ facts }) => facts);

const nothingLeft = (autumn: RunningEmulator): void => {
  const { customers, features } = autumn.snapshot();
  expect(customers.map(({ id }) => id)).toEqual(["acme", "globex"]);
  expect(features.filter(({ id }) => id.startsWith("autumn-balances-doctor-"))).toEqual([]);
};

function document({ stdout }: Ended) {
  const json = JSON.parse(stdout);
  expect(validates(json), JSON.stringify(validates.errors)).toBe(true);
  expect(describes(json), JSON.stringify(describes.errors?.slice(0, 3))).toBe(true);
  return json;
}

describe("doctor", () => {
  it.each([
    ["2026-08", "production", []],
    ["2026-10", "none", FAST],
  ] as const)(
    "finds that everything holds on a server of %s with limits of %s, and leaves nothing there",
    async (level, limits, pace) => {
      const autumn = await emulator(undefined, { level, key: KEY, limits });
      const ended = await run(["doctor", "--format", "json", ...pace], { env: autumn.env });
      const json = document(ended);
      expect(json.facts.filter(({ verdict }: { verdict: string }) => verdict !== "holds")).toEqual([]);
      expect(json).toMatchObject({
        kind: "doctor",
        interrupted: false,
        summary: { holds: FACTS.length, does_not_hold: 0, not_tried: 0 },
        left_over: [],
      });
      expect(ended.code).toBe(0);
      expect(`${ended.stdout}${ended.stderr}`).not.toContain(KEY);
      // It is in nobody's way.
      expect(autumn.requests().filter(({ status }) => status === 429)).toEqual([]);
      nothingLeft(autumn);
    },
  );

  it("exits with 2 where something does not hold, and says what to do", async () => {
    const autumn = await emulator();
    autumn.inject({
      route: "POST /v1/features.list",
      kind: "status",
      status: 400,
      code: "invalid_api_version",
      times: 1_000,
    });
    const { code, stdout } = await run(["doctor", ...FAST], { env: autumn.env });
    expect(stdout).toContain("not so: api-version-accepted");
    expect(stdout).toContain(
      `  differs    api-version-accepted: API version 2.3.0, which this tool sends, is accepted
             seen: features.list at 2.3.0: 400 invalid_api_version
             weaker here: the plan is the truth
             Nothing works: every call is refused. Update autumn-balances`,
    );
    expect(code).toBe(2);
    nothingLeft(autumn);
  });

  it.each([
    ["a live key", "am_sk_live_1", "AUTUMN_SECRET_KEY is a live key"],
    ["a key that may be one", "am_other_1", "AUTUMN_SECRET_KEY is not known to be a sandbox key"],
  ])("asks nothing with %s", async (_, key, says) => {
    const autumn = await emulator(undefined, { key });
    const { code, stdout, stderr } = await run(["doctor"], { env: autumn.env });
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain(`refused: ${says}`);
    expect(autumn.requests()).toEqual([]);
  });

  it("says why nothing could be tried", async () => {
    const autumn = await emulator();
    const wrong = await run(["doctor"], { env: { ...autumn.env, AUTUMN_SECRET_KEY: KEY } });
    expect(wrong).toMatchObject({ code: 1, stdout: "" });
    expect(wrong.stderr).toContain("error: the API does not know the secret key");
    const none = await run(["doctor"], { env: { AUTUMN_BASE_URL: autumn.url } });
    expect(none).toMatchObject({ code: 1, stdout: "" });
    expect(none.stderr).toContain("error: there is no secret key");
    const files = await run(["doctor", "balances.yaml"], { env: autumn.env });
    expect(files).toMatchObject({ code: 1, stdout: "" });
    expect(files.stderr).toContain("hint: add --offline to have files checked");
  });

  it.skipIf(!has("python3"))("removes what it made at the first ^C", async () => {
    const autumn = await emulator();
    const { stdout, code } = await onTerminal(["doctor"], [["Trying: ", "\u0003"]], { env: autumn.env });
    expect(stdout).toContain("Stopping: what was made is removed first. ^C again stops at once.");
    expect(stdout).toMatch(/Stopped: \d+ of \d+ facts were seen to hold; \d+ not tried\./);
    expect(code).toBe(130);
    nothingLeft(autumn);
  });

  it("stops at once at the second, and says what may be left", async () => {
    const autumn = await emulator();
    autumn.inject({ route: "POST /v1/customers.delete", kind: "delay", delay_ms: 60_000, times: 1_000 });
    const running = start(["doctor"], { env: autumn.env });
    while (!autumn.requests().some(({ path }) => path.includes("balances.create")))
      await new Promise((resolve) => setTimeout(resolve, 10));
    running.child.kill("SIGINT");
    await running.until(({ stderr }) => stderr.includes("Stopping: "));
    running.child.kill("SIGINT");
    const { code, stderr } = await running.ended;
    expect(stderr).toMatch(
      /Customers and features whose id begins with autumn-balances-doctor-[0-9a-f]{8} may be left in the sandbox\./,
    );
    expect(code).toBe(130);
  });
});

describe("doctor --offline", () => {
  const files = { "balances.yaml": balances([ONCE]) };

  it("asks nobody, and finds nothing in the way", async () => {
    const autumn = await emulator(undefined, { key: KEY });
    const cwd = folder(files);
    const ended = await run(["doctor", "--offline", "--format", "json"], { cwd, env: autumn.env });
    const json = document(ended);
    expect(json).toMatchObject({ kind: "doctor_setup", summary: { warning: 0, problem: 0 } });
    expect(json.checks.find(({ id }: { id: string }) => id === "balances-files").says).toBe(
      "balances.yaml: 1 balance of 1 customer, valid",
    );
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).not.toContain(KEY);
    expect(autumn.requests()).toEqual([]);
  });

  it("exits with 2 when there is a problem, with a way out for each", async () => {
    const cwd = folder({ "balances.yaml": "version: 1\n", "ca.pem": "-----BEGIN CERTIFICATE-----\n" });
    chmodSync(join(cwd, "balances.yaml"), 0o666);
    const env = { NODE_EXTRA_CA_CERTS: join(cwd, "missing.pem"), AUTUMN_BASE_URL: "http://example.com" };
    const { code, stdout } = await run(["doctor", "--offline"], { cwd, env });
    for (const problem of ["secret-key", "base-url", "balances-files", "certificates"])
      expect(stdout).toMatch(new RegExp(`^problem ${problem} .*\\n {8,}hint: \\S`, "m"));
    expect(stdout).toContain("anybody on this machine may change: balances.yaml");
    expect(code).toBe(2);
    const empty = { NODE_EXTRA_CA_CERTS: join(cwd, "ca.pem") };
    expect((await run(["doctor", "--offline"], { cwd, env: empty })).stdout).toContain(
      "the file of NODE_EXTRA_CA_CERTS has no certificate",
    );
  });

  it("looks at the files that are named", async () => {
    const cwd = folder({ "teams/a.yaml": balances([ONCE]) });
    const env = { AUTUMN_SECRET_KEY: KEY };
    const { code, stdout } = await run(["doctor", "--offline", "teams/"], { cwd, env });
    expect(stdout).toContain("teams/a.yaml: 1 balance of 1 customer, valid");
    expect(code).toBe(0);
  });

  it("looks at the CSV files of grants, too", async () => {
    const grants = [{ id: "gift", feature_id: "exports", included: 1, to: { csv: "customers.csv" } }];
    const cwd = folder({
      "balances.yaml": balances([ONCE], { grants }),
      "customers.csv": "customer_id\nacme\ninitech\n",
    });
    chmodSync(join(cwd, "customers.csv"), 0o666);
    const { code, stdout } = await run(["doctor", "--offline"], { cwd, env: { AUTUMN_SECRET_KEY: KEY } });
    expect(stdout).toContain("balances.yaml, customers.csv: 3 balances of 3 customers, valid");
    expect(stdout).toContain("anybody on this machine may change: customers.csv");
    expect(code).toBe(0);
  });

  it("names what others wrote without what could do harm", async () => {
    const cwd = folder({ "balances.yaml": balances([ONCE], { namespace: "a", "\u001b[31mx": 1 }) });
    const env = { AUTUMN_SECRET_KEY: KEY, "AUTUMN_\u001b[31m": "1" };
    const { stdout } = await run(["doctor", "--offline"], { cwd, env });
    expect(stdout).not.toContain("\u001b");
    expect(stdout).toContain("AUTUMN_\\u{1b}[31m");
  });
});
