// Every example is applied to an emulator by the command line, a process of its own, and planned again.
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { type EmulatorOptions, type Level, startEmulator } from "../../src/emulator/index.ts";
import { loadConfig } from "../../src/index.ts";
import { bare } from "../support/environment.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../examples");
const CLI = resolve(import.meta.dirname, "../../dist/cli.js");
const SEED = join(EXAMPLES, "emulator-seed.yaml");
const LEVELS: readonly Level[] = ["2026-08", "2026-10"];

interface Server {
  readonly url: string;
  readonly key: string;
}

/** What is looked at of a row; `entity` says whether it has one, as only Autumn's own id of it is stored. */
interface Row {
  readonly id: string;
  readonly grant: number;
  readonly interval?: string;
  readonly unlimited?: boolean;
  readonly entity?: boolean;
  readonly ends?: string;
}

/** What applying an example leaves there, by customer. */
const EXPECTED: Readonly<Record<string, Readonly<Record<string, readonly Row[]>>>> = {
  quickstart: {
    acme: [
      { id: "quickstart:ai_credits@seat_42", grant: 250, entity: true, ends: "2030-01-31T00:00:00.000Z" },
      { id: "quickstart:api_calls", grant: 50_000, interval: "month" },
    ],
    globex: [{ id: "quickstart:exports", grant: 0, unlimited: true }],
  },
  contracts: {
    acme: [
      { id: "contracts:api_calls", grant: 500_000, interval: "month" },
      { id: "contracts:launch-bonus", grant: 100_000, ends: "2030-06-30T23:59:59.000Z" },
      { id: "contracts:storage_gb@seat_41", grant: 20, entity: true },
    ],
    globex: [
      { id: "contracts:api_calls", grant: 200_000, interval: "quarter" },
      { id: "contracts:exports", grant: 0, unlimited: true },
      { id: "contracts:sso", grant: 0 },
    ],
    initech: [
      { id: "contracts:api_calls", grant: 30_000, interval: "2 month" },
      { id: "contracts:seats", grant: 25 },
    ],
  },
  groups: {
    acme: [
      { id: "groups:beta-calls", grant: 1000, interval: "month" },
      { id: "groups:conference", grant: 100 },
      { id: "groups:pro-welcome", grant: 500, ends: "2030-12-31T23:59:59.000Z" },
    ],
    globex: [{ id: "groups:beta-calls", grant: 1000, interval: "month" }],
    initech: [
      { id: "groups:conference", grant: 250 },
      { id: "groups:partner-welcome", grant: 2000, ends: "2030-12-31T23:59:59.000Z" },
    ],
  },
  credits: {
    acme: [
      { id: "credits:monthly", grant: 300, interval: "month" },
      { id: "credits:order-1001", grant: 5000 },
      { id: "credits:order-1002", grant: 2500, ends: "2029-12-31T23:59:59.000Z" },
    ],
  },
};

async function run(server: Server, ...args: string[]): Promise<{ code: number; output: string }> {
  const env = { ...bare(), AUTUMN_BASE_URL: server.url, AUTUMN_SECRET_KEY: server.key };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [CLI, ...args], { env });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout = "", stderr = "" } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: code ?? -1, output: stdout + stderr };
  }
}

async function inThisProcess(options: EmulatorOptions): Promise<Server> {
  const seed = parse(readFileSync(SEED, "utf8")) as Record<string, unknown>;
  const running = await startEmulator({ port: 0, seed, ...options });
  onTestFinished(() => running.close());
  return running;
}

/** As somebody else would start it. */
async function inAnotherProcess(...args: string[]): Promise<Server> {
  const child = spawn(process.execPath, [CLI, "emulator", "--port", "0", "--seed", SEED, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill());
  let said = "";
  for await (const text of child.stdout.setEncoding("utf8")) {
    said += text;
    const [, url] = /AUTUMN_BASE_URL=(\S+)\n/.exec(said) ?? [];
    const [, key] = /AUTUMN_SECRET_KEY=(\S+)\n/.exec(said) ?? [];
    if (url && key) return { url, key };
  }
  throw new Error(`the emulator ended: ${said}`);
}

/** The rows of a customer as they are stored, by the one read that shows all of them. */
async function storedRows({ url, key }: Server, customerId: string): Promise<Row[]> {
  const response = await fetch(`${url}/v1/balances/list?customer_id=${customerId}`, {
    headers: { authorization: `Bearer ${key}`, "x-api-version": "2.3.0" },
  });
  const { balances } = (await response.json()) as { balances: Record<string, unknown>[] };
  const rows = balances.map((row): Row => {
    const { allowance, interval, interval_count } = row.entitlement as Record<string, unknown>;
    const every = Number(interval_count ?? 1) === 1 ? `${interval}` : `${interval_count} ${interval}`;
    return {
      id: String(row.external_id),
      grant: Number(allowance ?? 0) + Number(row.adjustment ?? 0),
      ...(row.next_reset_at === null ? {} : { interval: every }),
      ...(row.unlimited === true ? { unlimited: true } : {}),
      ...(row.internal_entity_id === null ? {} : { entity: true }),
      ...(row.expires_at === null ? {} : { ends: new Date(Number(row.expires_at)).toISOString() }),
    };
  });
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function applies(example: string, server: Server): Promise<void> {
  const path = join(EXAMPLES, example);
  expect(await run(server, "plan", path, "--detailed-exitcode")).toMatchObject({ code: 2 });
  const applied = await run(server, "apply", path, "--yes");
  expect(applied.output).toMatch(/^Applied: \d+ created\.$/m);
  expect(applied.code).toBe(0);
  const again = await run(server, "plan", path, "--detailed-exitcode", "--check-grants", "always");
  expect(again.output).toMatch(/^Nothing to do: \d+ balances are as declared\.$/m);
  expect(again.code).toBe(0);
  for (const [customerId, rows] of Object.entries(EXPECTED[example] ?? {})) {
    expect(await storedRows(server, customerId), customerId).toEqual(rows);
  }
}

// Those for CI are run by ci.test.ts, those for Terraform by test/cli/provider-examples.test.ts, and constructs by test/cdktf.
it("knows every example", () => {
  const folders = readdirSync(EXAMPLES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual(
    [
      ...Object.keys(EXPECTED),
      "cdktf",
      "cdktn",
      "ci",
      "many-customers",
      "policy",
      "spreadsheets",
      "terraform",
    ].sort(),
  );
});

describe.each(LEVELS)("at level %s", (level) => {
  it.each(["quickstart", "credits", "groups"])("applies %s", async (example) => {
    await applies(example, await inThisProcess({ level }));
  });

  it("applies contracts to a server in another process that keeps the limits of production", async () => {
    await applies("contracts", await inAnotherProcess("--level", level, "--limits", "production"));
  });
});

it("applies all examples to one account, where none is in the way of another", async () => {
  const server = await inThisProcess({ level: "2026-08" });
  for (const example of Object.keys(EXPECTED)) {
    expect((await run(server, "apply", join(EXAMPLES, example), "--yes")).output).toMatch(/^Applied: /m);
  }
  for (const example of Object.keys(EXPECTED)) {
    expect((await run(server, "plan", join(EXAMPLES, example))).output).toMatch(/^Nothing to do: /m);
  }
});

it("applies a balance for each of 500 customers that a program declares", async () => {
  const folder = mkdtempSync(join(tmpdir(), "autumn-balances-examples-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const generate = join(EXAMPLES, "many-customers/generate.mjs");
  const { stdout } = await promisify(execFile)(process.execPath, [generate, "500"]);
  const file = join(folder, "balances.json");
  writeFileSync(file, stdout);
  const { balances } = await loadConfig([file]);
  expect(new Set(balances.map(({ customerId }) => customerId)).size).toBe(500);

  const server = await inThisProcess({ level: "2026-10", limits: "none" });
  const fast = ["--rate", "1000", "--concurrency", "50"];
  const applied = await run(server, "apply", file, "--yes", ...fast);
  expect(applied.output).toMatch(/^Applied: 500 created\.$/m);
  const again = await run(server, "plan", file, "--detailed-exitcode", ...fast);
  expect(again.output).toMatch(/^Nothing to do: 500 balances are as declared\.$/m);
  expect(again.code).toBe(0);
  expect(await storedRows(server, "customer_00002")).toEqual([
    { id: "many-customers:api_calls", grant: 2000, interval: "month" },
  ]);
});

it.each([
  ["stripe", ["acme 25", "initech 40"]],
  ["salesforce", ["acme 500000", "acme 20000"]],
  ["hubspot", ["acme 3000", "initech 1500"]],
])("imports what %s exports", async (name, expected) => {
  const folder = mkdtempSync(join(tmpdir(), "autumn-balances-examples-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const out = join(folder, "balances.yaml");
  const from = join(EXAMPLES, "spreadsheets", name);
  const server = await inThisProcess({ level: "2026-10" });
  const args = [
    "import",
    out,
    "--csv",
    `${from}.csv`,
    "--map",
    `${from}.yaml`,
    "--namespace",
    "crm",
    "--out",
    out,
  ];
  writeFileSync(out, "version: 1\nnamespace: crm\nbalances: []\n");
  const imported = await run(server, ...args);
  expect(imported.output).toContain("2 entries of");
  const { balances } = await loadConfig([out]);
  expect(balances.map(({ customerId, included }) => `${customerId} ${included}`)).toEqual(expected);
  expect((await run(server, "apply", out, "--yes")).output).toMatch(/^Applied: 2 created\.$/m);
});

it("demonstrates the main job in under a minute", async () => {
  const start = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [join(EXAMPLES, "demo.mjs")]);
  expect(performance.now() - start).toBeLessThan(60_000);
  const lines = [
    "balances.yaml: 3 balances of 2 customers, all right.",
    "3 to create, 0 to update, 0 to replace, 0 to delete; +250 ai_credits once, +50,000 api_calls a month",
    "Applied: 3 created.",
    "Nothing to do: 3 balances are as declared.",
    "    ~ api_calls  included 60,000 → 50,000",
    "        2,000 used stay used",
    "Applied: 1 updated.",
    "  -/+ api_calls  included 50,000 → 80,000",
    "Applied: 1 replaced.",
    "Nothing to do: 3 balances are as declared.",
  ];
  let from = 0;
  for (const line of lines) {
    const at = stdout.indexOf(`${line}\n`, from);
    expect(at, line).toBeGreaterThanOrEqual(from);
    from = at;
  }
});
