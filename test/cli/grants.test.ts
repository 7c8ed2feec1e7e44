// grants: many customers at once, those who leave and those who come back, and a filter that matches too many.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { AutumnClient, applyPlan, loadConfig, makePlan } from "../../src/index.ts";
import { describes } from "../report/published-schema.ts";
import { emulator, folder, run } from "./helper.ts";

const csv = (customers: readonly string[]): string => `id\n${customers.map((id) => `${id}\n`).join("")}`;
const ids = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `c${String(n).padStart(5, "0")}`);

const grant = (leave: string, to = "{ csv: members.csv, map: { customer_id: id } }"): string => `version: 1
namespace: contracts
balances: []
grants:
  - { id: promised, to: ${to}, feature_id: ai_credits, included: 5, when_they_leave: ${leave} }
`;

interface Row {
  readonly balance_id: string;
  readonly usage: number;
  readonly status: string;
}

describe("whoever leaves a group", () => {
  async function world(leave: string) {
    const customers = ids(4);
    const autumn = await emulator(
      customers.map((id) => ({ id })),
      { level: "2026-10" },
    );
    const cwd = folder({ "balances.yaml": grant(leave), "members.csv": csv(customers) });
    const post = async (route: string, body: object) => {
      const headers = {
        authorization: `Bearer ${autumn.key}`,
        "content-type": "application/json",
        "x-api-version": "2.3.0",
      };
      const answer = await fetch(`${autumn.url}/v1/${route}`, {
        method: "POST",
        headers,
        body: JSON.stringify(body),
      });
      return (await answer.json()) as {
        readonly list: readonly { id: string; usage: number; status: string }[];
      };
    };
    const rows = async (customer_id: string): Promise<Row[]> => {
      const { list } = await post("balances.list", { customer_id, statuses: ["active", "expired"] });
      return list.map(({ id, usage, status }: { id: string; usage: number; status: string }) => ({
        balance_id: id,
        usage,
        status,
      }));
    };
    const apply = async (...args: string[]) => {
      const ended = await run(["apply", "--yes", ...args], { cwd, env: autumn.env });
      expect(ended.code, ended.stderr).toBe(0);
      return ended.stdout;
    };
    const members = (now: readonly string[]) => writeFileSync(join(cwd, "members.csv"), csv(now));
    await apply();
    await post("balances.track", { customer_id: "c00003", feature_id: "ai_credits", value: 3 });
    members(customers.slice(0, 3));
    return { autumn, cwd, rows, apply, members, customers };
  }

  it("keeps the balance, which pruning leaves alone", async () => {
    const { apply, rows } = await world("keep");
    const stdout = await apply("--prune");
    expect(stdout).toContain("Group promised: 3 customers, 1 left and keeps it (c00003)");
    expect(stdout).toContain("Nothing to do");
    // What was used is stored a moment later.
    await expect.poll(() => rows("c00003")).toMatchObject([{ status: "active", usage: 3 }]);
  });

  it("loses it where that is said, with a saved plan, and gets back no more than was left", async () => {
    const { autumn, cwd, apply, rows, members, customers } = await world("end");
    const planned = await run(["plan", "--out", "saved.json"], { cwd, env: autumn.env });
    expect(planned.stdout).toContain("1 left and so its balance ends (c00003)");
    expect((await run(["apply", "saved.json"], { cwd, env: autumn.env })).code).toBe(0);
    expect(await rows("c00003")).toMatchObject([{ status: "expired", usage: 3 }]);
    expect(await apply()).toContain("Nothing to do");
    members(customers);
    expect(await apply()).toContain("1 comes in (c00003)");
    expect(await rows("c00003")).toMatchObject([
      { balance_id: "contracts:promised~2", status: "active", usage: 3 },
      { status: "expired", usage: 3 },
    ]);
  });

  it("is counted by the guards, where balances would end", async () => {
    const customers = ids(20);
    const autumn = await emulator(
      customers.map((id) => ({ id })),
      { level: "2026-10" },
    );
    const cwd = folder({ "balances.yaml": grant("end"), "members.csv": csv(customers) });
    expect((await run(["apply", "--yes"], { cwd, env: autumn.env })).code).toBe(0);
    writeFileSync(join(cwd, "members.csv"), csv([]));
    const refused = await run(["plan"], { cwd, env: autumn.env });
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain("deletes 20 of 20 rows");
  });
});

it("a filter that matches most of all customers is refused, unless that is allowed", async () => {
  const customers = ids(30).map((id, n) => ({ id, ...(n < 20 ? { plans: [{ plan_id: "payg" }] } : {}) }));
  const autumn = await emulator(customers, { level: "2026-10" });
  const text = grant("keep", "{ autumn: { plan: payg, status: active } }");
  const cwd = folder({ "balances.yaml": text });
  const { code, stdout, stderr } = await run(["plan", "--format", "json"], { cwd, env: autumn.env });
  expect(code).toBe(3);
  expect(stderr).toContain("20 of 30 customers (67 %) come into the group promised, over the limit of 50 %");
  const document = JSON.parse(stdout);
  expect(describes(document), JSON.stringify(describes.errors)).toBe(true);
  expect(document.groups).toMatchObject([{ name: "promised", members: 20, creates: 20, customers: 30 }]);
  writeFileSync(join(cwd, "balances.yaml"), `${text}limits: { group_percent: 70 }\n`);
  expect((await run(["apply", "--yes"], { cwd, env: autumn.env })).code).toBe(0);
  expect((await run(["plan", "--detailed-exitcode"], { cwd, env: autumn.env })).code).toBe(0);
});

it("10,000 customers are given a balance each by one grant, which a plan says in a line", async () => {
  const customers = ids(10_000);
  const autumn = await emulator(
    customers.map((id) => ({ id })),
    { level: "2026-10" },
  );
  const cwd = folder({ "balances.yaml": grant("keep"), "members.csv": csv(customers) });
  const fast = ["--rate", "1000", "--concurrency", "100"];
  const planned = await run(["plan", ...fast], { cwd, env: autumn.env });
  expect(planned.code, planned.stderr.slice(-500)).toBe(0);
  expect(planned.stdout).toContain("Group promised: 10,000 customers, 10,000 come in (c00000, ");
  expect(planned.stdout).toContain(
    "10,000 customers alike: c00000, c00001, c00002, c00003, c00004 and 9,995 more",
  );
  expect(planned.stdout.split("\n").length).toBeLessThan(20);
  const markdown = await run(["plan", "--format", "markdown", ...fast], { cwd, env: autumn.env });
  expect(markdown.stdout.length).toBeLessThan(2_000);

  // Without the way through sockets, which takes most of the time.
  const api = new AutumnClient({
    baseUrl: "http://autumn",
    secretKey: autumn.key,
    fetch: ((input: string, init) => autumn.fetch(input, init)) as typeof fetch,
    requestsPerSecond: 100_000,
  });
  const { namespace, balances, createCustomers, limits } = await loadConfig(["balances.yaml"], { cwd });
  const plan = await makePlan(
    api,
    {
      namespace,
      balances,
      createCustomers,
      limits,
      environment: "sandbox",
      baseUrl: "http://autumn",
      prune: false,
      wholeOrganisation: true,
      checkGrants: "never",
      knownCustomers: new Set(customers),
      concurrency: 100,
      requestsPerSecond: 100_000,
    },
    { clock: api.serverClock },
  );
  const { results } = await applyPlan(api, plan, { clock: api.serverClock, concurrency: 100 });
  expect(results.filter(({ result }) => result === "converged")).toHaveLength(10_000);

  const again = await run(["plan", "--detailed-exitcode", ...fast], { cwd, env: autumn.env });
  expect(again.code).toBe(0);
  expect(again.stdout).toContain("10,000 balances are as declared");
}, 600_000);

describe("groups at a base", () => {
  const members = (leave: string, more = "") =>
    `version: 1
namespace: contracts
balances: []
grants:
  - { id: on-pro, to: { autumn: { plan: pro } }, feature_id: ai_credits, included: 5${more} }
  - { id: listed, to: { csv: members.csv }, feature_id: ai_credits, included: 5, when_they_leave: ${leave} }
`;
  const plans = [{ plan_id: "pro", balances: [] }];
  async function world(file: string, before: string) {
    const { env } = await emulator([{ id: "acme", plans }, { id: "globex", plans }, { id: "initech" }]);
    const files = { "balances.yaml": file, "before.yaml": before, "members.csv": "customer_id\ninitech\n" };
    const cwd = folder(files);
    const verb = async (...words: string[]) => {
      const { stdout } = await run([...words, "--format", "json"], { cwd, env });
      const document = JSON.parse(stdout);
      expect(describes(document), JSON.stringify(describes.errors)).toBe(true);
      return document;
    };
    return { cwd, verb };
  }
  const pending = ({ changes }: { changes: { key: string; is_pending: boolean }[] }) =>
    changes.map(({ key, is_pending }) => `${key} ${is_pending}`);

  it("are of those whom Autumn names, so that nothing comes from files that have not changed", async () => {
    const { verb } = await world(members("keep"), members("keep"));
    const plan = await verb("plan", "--base", "./before.yaml");
    expect(pending(plan)).toEqual(["on-pro true", "on-pro true", "listed true"]);
    const { changes, left_out, groups } = await verb("plan", "--changed-since", "./before.yaml");
    expect([changes, left_out]).toEqual([[], { customers: 3, balances: 3 }]);
    expect(groups.map((one: { members: number }) => one.members)).toEqual([2, 1]);
  });

  it("guard a balance that was protected there", async () => {
    const { cwd, verb } = await world(
      members("keep", ", protected: true"),
      members("keep", ", protected: true"),
    );
    await verb("apply", "--yes");
    writeFileSync(join(cwd, "balances.yaml"), members("keep").replace("included: 5", "included: 3"));
    const { refusals } = await verb("plan", "--base", "./before.yaml");
    expect(refusals.map((one: { code: string; key: string }) => [one.code, one.key])).toEqual([
      ["protected", "on-pro"],
      ["protected", "on-pro"],
    ]);
  });

  it("say whether it was due to end the balance of those who left", async () => {
    const { cwd, verb } = await world(members("end"), members("keep"));
    await verb("apply", "--yes");
    writeFileSync(join(cwd, "members.csv"), "customer_id\nacme\n");
    expect(pending(await verb("plan", "--base", "./before.yaml"))).toEqual(["listed true", "listed false"]);
    writeFileSync(join(cwd, "before.yaml"), members("end"));
    expect(pending(await verb("plan", "--base", "./before.yaml"))).toEqual(["listed true", "listed true"]);
  });

  it("are a warning where the base gives somebody a balance twice", async () => {
    const twice = members("keep").replace("to: { csv: members.csv }", "to: { customers: [acme] }");
    const { verb } = await world(members("keep"), twice.replace("id: listed", "id: on-pro"));
    const { warnings, base } = await verb("plan", "--base", "./before.yaml");
    expect(warnings.map((one: { code: string }) => one.code)).toEqual(["base-broken"]);
    expect(base).toBeNull();
  });
});
