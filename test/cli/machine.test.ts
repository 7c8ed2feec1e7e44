// A machine that gets in the way: a full disk, a reader that has gone, a folder that cannot be written to, no HOME,
// and a network that is reached by a proxy only.
import { existsSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { has } from "../support/has.ts";
import { NODES, nodeExecutable } from "../support/nodes.ts";
import { balances, emulator, folder, MONTHLY, ONCE, run, shell } from "./helper.ts";

describe.skipIf(!existsSync("/dev/full") || !has("bash"))("a full disk", () => {
  it.each(["text", "json", "markdown", "html"])(
    "keeps a plan as %s from being read, and says so",
    async (format) => {
      const { env } = await emulator();
      const cwd = folder({ "balances.yaml": balances([MONTHLY, ONCE]) });
      const ended = await shell(`autumn-balances plan --format ${format} > /dev/full`, { cwd, env });
      expect(ended.code).toBe(1);
      expect(ended.stderr).toMatch(/^error: the output cannot be written: ENOSPC.*\n {2}hint: make room/m);
      expect(ended.stderr).not.toContain("mistake in autumn-balances");
    },
  );

  it("keeps an apply from changing what nobody could read", async () => {
    const autumn = await emulator();
    const cwd = folder({ "balances.yaml": balances([MONTHLY]) });
    const ended = await shell("autumn-balances apply --yes > /dev/full", { cwd, env: autumn.env });
    expect(ended.code).toBe(1);
    expect(autumn.requests().map(({ path }) => path)).not.toContain("/v1/balances.create");
  });

  it("does not keep an apply from its work where only the log is lost", async () => {
    const { env } = await emulator();
    const cwd = folder({ "balances.yaml": balances([MONTHLY]) });
    const line = "autumn-balances apply --yes --log-level debug 2> /dev/full";
    const ended = await shell(line, { cwd, env });
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining("Applied: 1 created.") });
  });
});

describe.skipIf(!has("bash"))("a reader that has seen enough", () => {
  it("is no error", async () => {
    const { env } = await emulator();
    const many = Array.from({ length: 300 }, (_, n) => ({ ...ONCE, id: `credits-${n}` }));
    const cwd = folder({ "balances.yaml": balances(many) });
    const ended = await shell("autumn-balances plan --full | head -1", { cwd, env });
    expect(ended).toEqual({ code: 0, stdout: expect.stringContaining("300 to create"), stderr: "" });
  });
});

describe("a place that cannot be written to", () => {
  it.each([
    ["plan", "--out", "file/plan.saved"],
    ["import", "--customer", "acme", "--out", "file/found.yaml"],
  ])("is named by %s, with a way out", async (...args) => {
    const { env } = await emulator();
    const cwd = folder({ "balances.yaml": balances([MONTHLY]), file: "" });
    const ended = await run(args, { cwd, env });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^error: file\/\S+ .*\n {2}hint: /m);
    expect(ended.stderr).not.toContain("mistake in autumn-balances");
  });
});

describe.skipIf(!has("bash"))("a user without HOME", () => {
  it("can plan", async () => {
    const { env } = await emulator();
    const cwd = folder({ "balances.yaml": balances([MONTHLY]) });
    const ended = await shell("unset HOME; autumn-balances plan", { cwd, env });
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining("1 to create") });
  });
});

/** A proxy that tells what it was asked for. */
async function proxy(): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  // Which of the two ways is taken for http is for each Node to say.
  const server: Server = createServer((incoming, response) => {
    const { host, pathname, search } = new URL(incoming.url ?? "");
    asked.push(host);
    const options = { method: incoming.method, headers: incoming.headers };
    const forwarded = request(`http://${host}${pathname}${search}`, options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(forwarded);
  });
  server.on("connect", ({ url = "" }, client) => {
    asked.push(url);
    const [host = "", port = "80"] = url.split(":");
    const upstream = connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.pipe(client);
      client.pipe(upstream);
    });
    for (const socket of [client, upstream]) {
      socket.on("error", () => {});
      socket.on("close", () => {
        client.destroy();
        upstream.destroy();
      });
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((closed) => server.close(() => closed()));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe.skipIf(!has("nodes")).each(NODES.filter((major) => major >= 24))(
  "a proxy, under Node %i",
  (major) => {
    it("is used where the environment says so, unless it excepts the server", async () => {
      const node = nodeExecutable(major) ?? "";
      const { env, url } = await emulator();
      const { url: through, asked } = await proxy();
      const cwd = folder({ "balances.yaml": balances([MONTHLY]) });
      const proxied = { ...env, NODE_USE_ENV_PROXY: "1", HTTP_PROXY: through };
      expect(await run(["plan"], { cwd, node, env: proxied })).toMatchObject({ code: 0, stderr: "" });
      expect(asked).toContain(new URL(url).host);
      asked.length = 0;
      const excepted = { ...proxied, NO_PROXY: "127.0.0.1" };
      expect(await run(["plan"], { cwd, node, env: excepted })).toMatchObject({ code: 0 });
      expect(asked).toEqual([]);
    });

    it("that is not there is an error which names the variables", async () => {
      const node = nodeExecutable(major) ?? "";
      const { env } = await emulator();
      const cwd = folder({ "balances.yaml": balances([MONTHLY]) });
      const proxied = { ...env, NODE_USE_ENV_PROXY: "1", HTTP_PROXY: "http://127.0.0.1:9" };
      const ended = await run(["plan"], { cwd, node, env: proxied });
      expect(ended.code).toBe(1);
      expect(ended.stderr).toContain("hint: ");
    });
  },
);
