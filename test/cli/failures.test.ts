// What goes wrong, in plain words: one line, a way out, and the right exit code.
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { reportFailure } from "../../src/app/failure.ts";
import type { Terminal } from "../../src/app/terminal.ts";
import { startEmulator } from "../../src/emulator/index.ts";
import { CERTIFICATE, CERTIFICATE_KEY } from "../autumn/certificate.ts";
import { gateBefore } from "../support/gate.ts";
import { balances, emulator, folder, MONTHLY, ONCE, run, start, transcript } from "./helper.ts";

const files = { "balances.yaml": balances([ONCE, MONTHLY]) };

async function server(listener: RequestListener): Promise<string> {
  const http = createServer(listener);
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

describe("an API that cannot be asked", () => {
  it("because its lists never end", async () => {
    const features = [{ id: "api_calls", type: "metered", consumable: true, archived: false }];
    const url = await server((request, response) => {
      const isList = request.url === "/v1/balances.list";
      const answer = isList ? { list: [], has_more: true, next_cursor: "again" } : { list: features };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
    const env = { AUTUMN_BASE_URL: url, AUTUMN_SECRET_KEY: "am_sk_test_loop" };
    const cwd = folder({ "balances.yaml": balances([MONTHLY]) });
    const { code, stderr } = await run(["plan", "--all-customers"], { cwd, env });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        "error: the server's list goes round in circles\n" +
        "  hint: check the base URL (AUTUMN_BASE_URL, --base-url): is it Autumn's, of version 2.3 or later?\n",
    });
  });

  it("because nobody listens", async () => {
    const gone = await startEmulator({ port: 0 });
    await gone.close();
    const env = { AUTUMN_BASE_URL: gone.url, AUTUMN_SECRET_KEY: gone.key };
    const ended = await run(["plan"], { cwd: folder(files), env });
    await expect(transcript(ended)).toMatchFileSnapshot("golden/failure-unreachable.txt");
  });

  it("because nobody vouches for its certificate, which trying again does not help", async () => {
    const https = createSecureServer({ cert: CERTIFICATE, key: CERTIFICATE_KEY }, (_, response) =>
      response.end(),
    );
    await new Promise<void>((resolve) => https.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void https.close());
    const { port } = https.address() as AddressInfo;
    const told = async (url: string, extra: Record<string, string> = {}) => {
      const env = { AUTUMN_BASE_URL: url, AUTUMN_SECRET_KEY: "am_sk_test_emulator", ...extra };
      return (await run(["plan"], { cwd: folder(files), env })).stderr;
    };
    expect(await told(`https://localhost:${port}`)).toBe(
      "error: the API cannot be reached: features.list: self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)\n" +
        "  hint: have Node trust who issued the certificate: NODE_EXTRA_CA_CERTS=the file of your certificate authority (PEM)\n",
    );
    // As the hint says, it is trusted; by another name it is none of this server.
    const trusted = { NODE_EXTRA_CA_CERTS: join(folder({ "ca.pem": CERTIFICATE }), "ca.pem") };
    expect(await told(`https://localhost:${port}`, trusted)).not.toContain("certificate");
    const other = await told(`https://127.0.0.1:${port}`, trusted);
    expect(other).toContain("with the name that the certificate was issued for");
    expect(other).not.toContain("trying again");
  });

  it("because it does not take the key", async () => {
    const url = await server((_, response) => {
      response.writeHead(401, { "content-type": "application/json" });
      response.end('{"code":"invalid_request","message":"Invalid authorization token prefix"}');
    });
    const env = { AUTUMN_BASE_URL: url, AUTUMN_SECRET_KEY: "xyz_0123456789" };
    const { stderr } = await run(["plan"], { cwd: folder(files), env });
    expect(stderr).toMatch(
      /^error: the API does not take the secret key \(.*Invalid authorization token prefix\)\n/,
    );
    expect(stderr).toContain("set AUTUMN_SECRET_KEY to a secret key of Autumn");
    expect(stderr).not.toContain("base URL");
  });

  it.each(["POST /v1/customers.get", "GET /v1/balances/list"])(
    "about one customer: at the lines of its entries (%s)",
    async (route) => {
      const autumn = await emulator([{ id: "acme" }, { id: "jane@example.com" }]);
      const message = "customer_id: cannot contain @ symbol. Use only letters, numbers and hyphens.";
      const fault = {
        route,
        kind: "status",
        status: 400,
        code: "invalid_inputs",
        message,
        times: 100,
      } as const;
      autumn.inject({ ...fault, customer_id: "jane@example.com" });
      const yaml = `version: 1\nnamespace: contracts\nbalances:
  - { customer_id: acme, feature_id: api_calls, included: 5 }
  - { customer_id: jane@example.com, feature_id: api_calls, included: 5, reset: { interval: month } }
  - { customer_id: jane@example.com, feature_id: ai_credits, included: 5 }\n`;
      const args = route.startsWith("GET") ? ["--check-grants", "always"] : [];
      const ended = await run(["plan", ...args], { cwd: folder({ "balances.yaml": yaml }), env: autumn.env });
      expect(ended.code).toBe(1);
      for (const line of [5, 6]) {
        expect(ended.stderr).toContain(
          `balances.yaml:${line}:5: error: Autumn does not take customer "jane@example.com": `,
        );
      }
      expect(ended.stderr).toContain("cannot contain @ symbol");
      expect(ended.stderr).not.toContain("balances.yaml:4");
    },
  );

  it.each([
    [{ AUTUMN_BASE_URL: '"https://autumn.test"' }, [], 'it begins with "', "AUTUMN_BASE_URL"],
    [{}, ["--base-url", "autumn.test"], "it does not begin with https://", "--base-url"],
  ] as const)("because its address is none: %j %j", async (variables, args, why, setBy) => {
    const env = { AUTUMN_SECRET_KEY: "am_sk_test_emulator", ...variables };
    const { code, stderr } = await run(["plan", ...args], { cwd: folder(files), env });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `error: the base URL is not a URL: ${why}\n  hint: write ${setBy} like https://api.useautumn.com\n`,
    });
  });

  it.each(["", " "])("because its address is %j, which is not taken for Autumn's own", async (url) => {
    const env = { AUTUMN_SECRET_KEY: "am_sk_test_emulator", AUTUMN_BASE_URL: url };
    const { code, stderr } = await run(["plan"], { cwd: folder(files), env });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        "error: the base URL is blank\n  hint: check the variable that it comes from, or leave AUTUMN_BASE_URL out\n",
    });
  });

  it("about a customer of an import", async () => {
    const { env } = await emulator();
    const args = ["import", "--customer", "jane@example.com", "--namespace", "contracts"];
    const ended = await run(args, { cwd: folder({}), env });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^error: Autumn does not take customer "jane@example.com": /);
    expect(ended.stderr).toContain("  hint: write the id that the customer has in Autumn\n");
  });

  it("because it does not know the key", async () => {
    const { env } = await emulator();
    const ended = await run(["plan"], {
      cwd: folder(files),
      env: { ...env, AUTUMN_SECRET_KEY: "am_sk_test_wrong" },
    });
    await expect(transcript(ended)).toMatchFileSnapshot("golden/failure-key.txt");
  });

  it("because there is no key", async () => {
    const ended = await run(["plan"], { cwd: folder(files) });
    await expect(transcript(ended)).toMatchFileSnapshot("golden/failure-no-key.txt");
  });

  it("because it is something else", async () => {
    const url = await server((_, response) => response.writeHead(404).end("Not here\u001b[2J"));
    const env = { AUTUMN_BASE_URL: url, AUTUMN_SECRET_KEY: "am_sk_test_0123456789" };
    const ended = await run(["plan"], { cwd: folder(files), env });
    await expect(transcript(ended)).toMatchFileSnapshot("golden/failure-not-autumn.txt");
  });

  it("tells machines, too", async () => {
    const { env } = await emulator();
    const wrong = { ...env, AUTUMN_SECRET_KEY: "am_sk_test_wrong" };
    const ended = await run(["apply", "--yes", "--format", "json"], { cwd: folder(files), env: wrong });
    expect(JSON.parse(ended.stdout)).toMatchObject({
      kind: "error",
      problems: [{ code: "invalid_secret_key" }],
    });
    expect(ended.code).toBe(1);
  });
});

describe("an apply that fails", () => {
  const refuse = {
    route: "POST /v1/balances.create",
    kind: "status",
    status: 400,
    message: "no\u001b[2J",
  } as const;

  it("for one of two, has partly applied", async () => {
    const autumn = await emulator();
    const options = { cwd: folder(files), env: autumn.env };
    autumn.inject({ ...refuse, customer_id: "globex", times: 10 });
    const ended = await run(["apply", "--yes"], options);
    await expect(transcript(ended)).toMatchFileSnapshot("golden/apply-partly.txt");
    expect(ended.code).toBe(4);
    autumn.clearFaults();
    expect((await run(["apply", "--yes"], options)).stdout).toContain("Applied: 1 created.");
  });

  it("for all, has failed", async () => {
    const autumn = await emulator();
    autumn.inject({ ...refuse, times: 10 });
    const ended = await run(["apply", "--yes", "--format", "json"], { cwd: folder(files), env: autumn.env });
    expect(JSON.parse(ended.stdout)).toMatchObject({ status: "failed", outcome: { summary: { failed: 2 } } });
    expect(ended.code).toBe(1);
  });
});

describe("an API that goes away while changes are made", () => {
  it("leaves an outcome that says what could not be read back", async () => {
    const autumn = await emulator();
    // Both entries are sent; reading them back breaks.
    autumn.inject({ route: "GET /v1/balances/list", kind: "status", status: 503, nth: 3, times: 100 });
    const ended = await run(["apply", "--yes"], { cwd: folder(files), env: autumn.env });
    expect(ended.stdout).toMatch(/^Partly applied: /m);
    expect(ended.stdout).toMatch(/was changed, but could not be read back: .*503/);
    expect(ended.code).toBe(4);
  });
});

describe("^C", () => {
  const customers = Array.from({ length: 30 }, (_, n) => ({ id: `customer_${n}` }));
  const entries = customers.map(({ id }) => ({ ...ONCE, customer_id: id }));
  const apply = ["apply", "--yes", "--concurrency", "2", "--rate", "500"];

  it.each(["SIGINT", "SIGTERM"] as const)(
    "as %s: finishes what is at hand, and the next run does the rest",
    async (signal) => {
      const autumn = await emulator(customers);
      const gate = await gateBefore(autumn);
      const held = gate.hold("POST /v1/balances.create");
      const options = {
        cwd: folder({ "balances.yaml": balances(entries) }),
        env: { ...autumn.env, AUTUMN_BASE_URL: gate.url },
      };
      const { child, ended, until } = start([...apply, "--format", "json"], options);
      await held.reached;
      child.kill(signal);
      await until(({ stderr }) => stderr.includes("are finished first"));
      await held.release();
      const { code, stdout, stderr } = await ended;
      const { status, outcome } = JSON.parse(stdout);
      expect({ code, status }).toEqual({ code: 130, status: "interrupted" });
      expect(stderr).toContain("the customers at hand are finished first. ^C again stops at once.");
      expect(outcome.summary.converged).toBeGreaterThan(0);
      expect(outcome.summary.not_tried).toBeGreaterThan(0);
      expect(outcome.summary.failed).toBe(0);

      const plan = JSON.parse((await run(["plan", "--format", "json"], options)).stdout);
      expect(plan.unchanged).toBe(outcome.summary.converged);
      expect(plan.summary.create).toBe(outcome.summary.not_tried);
    },
  );

  it("while reading back: nothing is left to interrupt", async () => {
    const autumn = await emulator([{ id: "acme" }, { id: "globex" }], { asyncUpdatesMs: 1500 });
    const at = (included: number) => folder({ "balances.yaml": balances([{ ...ONCE, included }]) });
    const { env } = autumn;
    expect((await run(["apply", "--yes"], { cwd: at(100), env })).code).toBe(0);
    const { child, ended } = start(["apply", "--yes"], { cwd: at(200), env });
    const isSent = () =>
      autumn
        .requests()
        .some(({ body }) => (body as { included_grant?: number } | undefined)?.included_grant === 200);
    while (!isSent()) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ended;
    expect(stderr).toContain("^C again");
    expect(stdout).toContain("Applied: 1 updated.");
    expect(code).toBe(0);
  });

  it("twice: stops at once, and says so", async () => {
    const autumn = await emulator(customers);
    autumn.inject({ route: "POST /v1/balances.create", kind: "delay", delay_ms: 600_000, times: 100 });
    const options = { cwd: folder({ "balances.yaml": balances(entries) }), env: autumn.env };
    const { child, ended, until } = start(apply, options);
    while (!autumn.requests().some(({ path }) => path.endsWith("balances.create"))) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    child.kill("SIGINT");
    await until(({ stderr }) => stderr.includes("^C again"));
    child.kill("SIGINT");
    // The calls at hand would take ten minutes.
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toContain("Stopped at once.");
  });

  it("while planning: stops at once, as nothing has been changed", async () => {
    const autumn = await emulator(customers, { latencyMs: 600_000 });
    const options = { cwd: folder({ "balances.yaml": balances(entries) }), env: autumn.env };
    const { child, ended } = start(["plan", "--format", "json"], options);
    while (autumn.requests().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toBe("error: stopped; nothing was changed\n");
    expect(JSON.parse(stdout)).toMatchObject({ kind: "error", problems: [{ code: "interrupted" }] });
  });
});

describe("an error that is ours", () => {
  it("shows where it came from, and asks for a report", () => {
    let said = "";
    const terminal = {
      format: "text",
      colours: () => false,
      say: (_: string, text: string) => {
        said += text;
      },
    } as unknown as Terminal;
    expect(reportFailure(new TypeError("x is not a function\u001b[2J"), terminal)).toBe(1);
    expect(said).toMatch(/^TypeError: x is not a function\\u\{1b\}\[2J\n {4}at /);
    expect(said).toMatch(/Please report it, with these lines and what you ran\.\n$/);
  });
});
