// The server for agents, asked by the official client over stdin and stdout, against an emulator.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { describe, expect, it, onTestFinished } from "vitest";
import { has } from "../support/has.ts";
import { balances, CLI, emulator, folder, MONTHLY, ONCE, run } from "./helper.ts";

const YAML = `version: 1
namespace: contracts
balances:
  # What acme has been promised.
  - customer_id: acme
    feature_id: api_calls
    included: 50000
    reset: { interval: month }
  - { customer_id: globex, feature_id: ai_credits, included: 250 }
`;

async function agent(files: Record<string, string> = { "balances.yaml": YAML }, ...args: string[]) {
  const autumn = await emulator();
  const cwd = folder(files);
  const client = new Client({ name: "test", version: "1" });
  const env = { PATH: process.env.PATH ?? "", ...autumn.env };
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [CLI, "mcp", ...args],
    cwd,
    env,
    stderr: "pipe",
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  const ask = async (name: string, given: Record<string, unknown> = {}) => {
    const { content, isError } = await client.callTool({ name, arguments: given });
    const [first] = content as { type: string; text: string }[];
    return { text: first?.text ?? "", isError: isError === true };
  };
  return { autumn, cwd, client, ask, env: autumn.env };
}

describe("the server for agents", () => {
  it("offers tools that only read", async () => {
    const { client } = await agent();
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      "validate",
      "plan",
      "explain",
      "forecast",
      "propose_edit",
    ]);
    for (const { annotations, description } of tools) {
      expect(annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false });
      expect(description).toMatch(/./);
    }
  });

  it("validates and plans, and writes nothing to Autumn", async () => {
    const { ask, autumn } = await agent();
    expect(await ask("validate")).toEqual({
      text: "balances.yaml: 2 balances of 2 customers, all right.\n",
      isError: false,
    });
    autumn.clearRequests();
    const [plan, again] = await Promise.all([ask("plan"), ask("plan", { format: "markdown" })]);
    expect(plan.text).toContain("2 to create, 0 to update");
    expect(again.text).toContain("### 2 to create");
    const writes = autumn.requests().filter(({ path }) => /create|update|delete|track/.test(path));
    expect(writes).toEqual([]);
  });

  it("explains a customer, and forecasts what the files grant", async () => {
    const { ask, autumn } = await agent();
    const explained = await ask("explain", { customer_id: "acme" });
    expect(explained.isError, explained.text).toBe(false);
    expect(explained.text).toContain("api_calls");
    expect((await ask("explain", { customer_id: "nobody" })).isError).toBe(true);
    autumn.clearRequests();
    const { text, isError } = await ask("forecast", { until: "2199-01-01" });
    expect(isError, text).toBe(false);
    expect(text).toContain("api_calls");
    expect(autumn.requests()).toEqual([]);
    expect((await ask("forecast", { until: "soon" })).isError).toBe(true);
  });

  it("says what the policy asks for", async () => {
    const policy =
      "version: 1\nrules: [{ name: big, when: change.granted > 1000.0, then: { approve: finance } }]\n";
    const { ask } = await agent({ "balances.yaml": YAML, "autumn-balances.policy.yaml": policy });
    expect((await ask("plan")).text).toContain("needs the approval of finance, for `big`");
  });

  it("answers mistakes as results, at their places", async () => {
    const { ask, cwd } = await agent();
    writeFileSync(join(cwd, "balances.yaml"), YAML.replace("feature_id: api_calls", "feature_di: api_calls"));
    const { text, isError } = await ask("validate");
    expect(isError).toBe(true);
    expect(text).toContain("balances.yaml:6:5");
    expect((await ask("plan")).isError).toBe(true);
  });

  it.skipIf(!has("git"))(
    "proposes an edit as a diff that git applies, and leaves the file alone",
    async () => {
      const { ask, cwd } = await agent();
      const { text, isError } = await ask("propose_edit", {
        add: [{ customer_id: "initech", feature_id: "sso" }],
        change: [
          {
            customer_id: "acme",
            id: "api_calls",
            entry: {
              customer_id: "acme",
              feature_id: "api_calls",
              included: 60000,
              reset: { interval: "month" },
            },
          },
        ],
        remove: [{ customer_id: "globex", id: "ai_credits" }],
      });
      expect(isError, text).toBe(false);
      expect(text).toMatch(/^--- a\/balances\.yaml\n\+\+\+ b\/balances\.yaml\n@@ -/);
      expect(text).toContain("   # What acme has been promised.");
      expect(readFileSync(join(cwd, "balances.yaml"), "utf8")).toBe(YAML);
      execFileSync("git", ["apply", "-"], { cwd, input: text });
      const { code, stdout } = await run(["validate"], { cwd });
      expect(code).toBe(0);
      expect(stdout).toContain("2 balances of 2 customers");
      const now = readFileSync(join(cwd, "balances.yaml"), "utf8");
      expect(now).toContain("included: 60000");
      expect(now).toContain("initech");
      expect(now).not.toContain("globex");
    },
  );

  it("proposes nothing that would be no balances file", async () => {
    const { ask } = await agent();
    const wrong = await ask("propose_edit", { add: [{ customer_id: "acme", feature_di: "sso" }] });
    expect(wrong).toMatchObject({ isError: true });
    expect(wrong.text).toContain("feature_di");
    const twice = await ask("propose_edit", {
      add: [{ customer_id: "globex", feature_id: "ai_credits", included: 1 }],
    });
    expect(twice.isError).toBe(true);
    const nobody = await ask("propose_edit", { remove: [{ customer_id: "nobody", id: "x" }] });
    expect(nobody.text).toContain("no entry x of nobody");
  });

  it("reads no other files than it was started with", async () => {
    const { ask } = await agent(
      { "balances.yaml": balances([MONTHLY]), "secret.yaml": balances([ONCE]) },
      "balances.yaml",
    );
    for (const file of ["secret.yaml", "../balances.yaml", "/etc/passwd"]) {
      const { text, isError } = await ask("propose_edit", {
        file,
        add: [{ customer_id: "a", feature_id: "sso" }],
      });
      expect(isError, file).toBe(true);
      expect(text).toContain("there is no such balances file");
    }
    for (const base of ["/etc/passwd", "./secret.yaml", "../x", "~/x"]) {
      expect((await ask("plan", { base })).text, base).toContain("no path");
    }
  });

  it.skipIf(!has("git"))(
    "takes a name for one of git's, also where there is a file of that name",
    async () => {
      const { ask } = await agent(
        { "balances.yaml": balances([MONTHLY]), "secret.yaml": balances([ONCE]) },
        "balances.yaml",
      );
      expect((await ask("plan", { base: "secret.yaml" })).text).toContain("no path");
      expect((await ask("plan", { base: "origin/gone" })).text).toContain("`origin/gone` does not exist");
    },
  );

  it("shows no key, whatever an entry holds", async () => {
    const key = "am_sk_test_0123456789abcdef";
    const { ask } = await agent({ "balances.yaml": balances([{ ...ONCE, id: key }]) });
    for (const text of [
      (await ask("plan")).text,
      (await ask("propose_edit", { add: [{ customer_id: key, feature_id: "sso" }] })).text,
    ]) {
      expect(text).not.toContain(key);
      expect(text).toContain("[secret key]");
    }
  });
});
