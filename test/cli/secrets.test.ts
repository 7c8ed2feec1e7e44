// The secret key is in no output, at no log level, whatever the server says.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { DEFAULT_KEY } from "../../src/emulator/index.ts";
import { balances, emulator, folder, MONTHLY, ONCE, run } from "./helper.ts";

const KEY = 'am_sk_live_Zq"7\\fj39dkw02';
const files = { "balances.yaml": balances([ONCE, MONTHLY]) };

/** A server that repeats the key wherever it can. */
async function parrot(): Promise<string> {
  const http = createServer((request, response) => {
    const key = (request.headers.authorization ?? "").replace("Bearer ", "");
    const json = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    if (request.url === "/v1/features.list") {
      return json(200, {
        list: ["api_calls", "ai_credits"].map((id) => ({ id, type: "metered", consumable: true })),
      });
    }
    if (request.url === "/v1/customers.list" || request.url === "/v1/balances.list") {
      return json(401, { code: "no_auth_header", message: `your key ${key} is wrong` });
    }
    return json(400, { code: key, message: `Bearer ${key}\n${key}` });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

const halves = [KEY, KEY.slice(0, 18), KEY.slice(-8), JSON.stringify(KEY).slice(1, -1)];

function expectNoKey(text: string): void {
  for (const half of halves) expect(text).not.toContain(half);
}

describe("the secret key", () => {
  it.each([
    ["plan", "--log-level", "debug"],
    ["plan", "--format", "json", "--log-level", "debug"],
    ["apply", "--yes", "--all-customers", "--log-level", "debug"],
  ])("is not repeated after a server that does: %s %s %s %s", async (...args) => {
    const env = { AUTUMN_BASE_URL: await parrot(), AUTUMN_SECRET_KEY: ` ${KEY}\n` };
    const { code, stdout, stderr } = await run(args, { cwd: folder(files), env });
    expect(code).toBe(1);
    expectNoKey(stdout);
    expectNoKey(stderr);
    if (args.includes("json")) expect(JSON.parse(stdout)).toMatchObject({ kind: "error" });
  });

  it("is not in a plan that names it", async () => {
    const autumn = await emulator(
      [
        {
          id: KEY,
          balances: [{ feature_id: "api_calls", included_grant: 1, balance_id: `contracts:${KEY}` }],
        },
      ],
      { key: KEY },
    );
    const cwd = folder({ "balances.yaml": balances([{ ...ONCE, customer_id: KEY }]) });
    for (const args of [["plan"], ["plan", "--format", "json"], ["apply", "--yes", "--log-level", "debug"]]) {
      const { code, stdout, stderr } = await run(args, { cwd, env: autumn.env });
      expect(code).toBe(0);
      expectNoKey(stdout + stderr);
      expect(stdout).toContain("[secret key]");
    }
  });

  it("is not the emulator's own, which its help names and everybody may know", async () => {
    const env = { AUTUMN_SECRET_KEY: DEFAULT_KEY };
    const { stdout } = await run(["emulator", "--help"], { env });
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(`(default: "${DEFAULT_KEY}")`);
    expect(stdout).toBe((await run(["emulator", "--help"])).stdout);
  });

  it("is hidden when it was passed as an argument, which is refused", async () => {
    for (const args of [
      ["plan", `--secret-key=am_sk_live_0123456789`],
      ["plan", "am_sk_live_0123456789"],
    ]) {
      const { code, stdout, stderr } = await run(args, { cwd: folder(files) });
      expect(code).toBe(1);
      expect(stdout + stderr).not.toContain("0123456789");
    }
  });
});

describe("debug", () => {
  it("logs each call with its customer, made harmless", async () => {
    const id = "evil\u202egnp";
    const autumn = await emulator([{ id: "acme" }, { id }]);
    const cwd = folder({
      "balances.yaml": balances([{ ...ONCE, customer_id: id }, MONTHLY]).replace("\\u202e", "\\u202E"),
    });
    const { stderr } = await run(["apply", "--yes", "--log-level", "debug"], { cwd, env: autumn.env });
    expect(stderr).toMatch(/^debug: balances\.create of acme: 200 in \d+ ms$/m);
    expect(stderr).toContain("of evil\\u{202e}gnp: 200");
    expect(stderr).not.toContain("\u202e");
  });

  it("and silent says nothing at all", async () => {
    const silent = await run(["plan", "--log-level", "silent"], { cwd: folder(files) });
    expect(silent).toEqual({ code: 1, stdout: "", stderr: "" });
  });
});
