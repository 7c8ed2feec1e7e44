// Whatever ids, files and servers say: no command to the runner, no key, and no form but the one that was meant.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { balances, emulator, folder, ONCE } from "../cli/helper.ts";
import { nodesOf, parse } from "../report/markdown-tree.ts";
import { github, TOKEN } from "./github.ts";
import { type EndedStep, step } from "./step.ts";

const HOSTILE = [
  "::error::pwned",
  "a\n::set-env name=PATH::/tmp",
  "##[group]x",
  "</script><img src=x onerror=alert(1)>",
  "@everyone | `code` **bold** #1",
  "\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007",
  "\u202egnp.exe",
  "<!-- autumn-balances",
  "x".repeat(5_000),
];
const KEY = "am_sk_live_Zq7fj39dkw02aaKq";

/** Everything that somebody may come to read, but for the command that asks for the key to be masked. */
function told({ printed, outputs, summary }: EndedStep, bodies: readonly string[]): string {
  const log = printed.split("\n").filter((line) => !line.startsWith("::add-mask::"));
  const page = outputs.report === undefined ? "" : readFileSync(outputs.report, "utf8");
  return [...log, JSON.stringify(outputs), summary, page, ...bodies].join("\n");
}

function expectHarmless(markdown: string): void {
  expect(markdown).not.toMatch(/[\u001b\u0007\u202e]/);
  const document = parse(markdown);
  expect(nodesOf(document, "image")).toEqual([]);
  const html = nodesOf(document, "html").map(({ value }) => value);
  expect(html.filter((one) => /<(?:script|img)/.test(one ?? ""))).toEqual([]);
  expect(html.length).toBeGreaterThan(0);
}

it("shows hostile ids as text", async () => {
  const { env } = await emulator(HOSTILE.map((id) => ({ id })));
  const api = await github();
  const entries = HOSTILE.filter((id) => !/[\n\u001b\u0007]/.test(id)).map((id) => ({
    ...ONCE,
    customer_id: id,
  }));
  const workspace = folder({ "balances.yaml": balances(entries) });
  const ended = await step({ workspace, env, api, inputs: { id: HOSTILE[3] ?? "" } });
  expect(ended.code, ended.printed).toBe(0);
  expect(ended.annotations).toEqual([]);
  expect(ended.printed).not.toMatch(/^::(?!add-mask::|stop-commands::|[\w-]+::$)/m);
  for (const text of [ended.summary, api.comments[0]?.body ?? ""]) expectHarmless(text);
});

it("shows hostile ids as text where they are what is wrong", async () => {
  const api = await github();
  const workspace = folder({
    "balances.yaml": balances(HOSTILE.map((id) => ({ ...ONCE, customer_id: id, [id]: 1 }))),
  });
  const ended = await step({ workspace, api, env: { AUTUMN_SECRET_KEY: KEY } });
  expect(ended.code).toBe(1);
  expect(ended.annotations.length).toBeGreaterThan(3);
  for (const line of ended.annotations)
    expect(line).toMatch(/^::error file=balances\.yaml,line=\d+,col=\d+,title=/);
  expect(ended.log).not.toMatch(/^(?:::|##\[)/m);
  for (const text of [ended.summary, api.comments[0]?.body ?? ""]) expectHarmless(text);
});

it("tells neither key nor token to anybody, whatever the server repeats", async () => {
  const http = createServer((request, response) => {
    const { authorization = "" } = request.headers;
    response.writeHead(400, { "content-type": "application/json" });
    response.end(JSON.stringify({ code: authorization, message: `${authorization}\n${authorization}` }));
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void http.close());
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const workspace = folder({ "balances.yaml": balances([ONCE]) });
  for (const [inputs, env] of [
    [{ "secret-key": ` ${KEY}\n` }, {}],
    [{}, { AUTUMN_SECRET_KEY: `${KEY}\n` }],
  ] as const) {
    const api = await github();
    const ended = await step({
      workspace,
      api,
      inputs: { ...inputs, "base-url": url },
      env: { ...env, RUNNER_DEBUG: "1" },
    });
    expect(ended.code).toBe(1);
    expect(ended.masked).toEqual([KEY, TOKEN]);
    expect(ended.log).toContain("debug: ");
    const bodies = api.comments.map(({ body }) => body);
    expect(bodies).toHaveLength(1);
    expect(told(ended, bodies)).not.toContain(KEY);
    expect(told(ended, bodies)).not.toContain(TOKEN);
  }
});

it("tells no key that is part of a file", async () => {
  const { env } = await emulator([{ id: KEY }], { key: KEY });
  const api = await github();
  const workspace = folder({ "balances.yaml": balances([{ ...ONCE, customer_id: KEY }]) });
  const ended = await step({ workspace, api, env, inputs: { id: KEY } });
  expect(ended.code, ended.printed).toBe(0);
  const bodies = api.comments.map(({ body }) => body);
  expect(told(ended, bodies)).not.toContain(KEY);
  expect(bodies[0]).toContain("[secret key]");
});
