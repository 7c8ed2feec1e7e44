// State on a server, which one deployment at a time may change: the example, with a server that locks.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { appWith, hasTerraform, ROOT } from "./app.ts";

/** What Terraform's http backend asks of a server: one state and one lock. */
async function stateServer() {
  const calls: string[] = [];
  let state = "";
  let lock = "";
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const isRight = request.headers.authorization === `Basic ${btoa("ci:secret")}`;
    calls.push(request.method ?? "");
    if (!isRight) response.writeHead(401).end();
    else if (request.method === "GET") response.writeHead(state === "" ? 204 : 200).end(state);
    else if (request.method === "LOCK" && lock !== "") response.writeHead(423).end(lock);
    else {
      if (request.method === "LOCK") lock = body;
      if (request.method === "UNLOCK") lock = "";
      if (request.method === "POST") state = body;
      response.writeHead(200).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    state: () => JSON.parse(state),
    lockBy: (body: object) => {
      lock = JSON.stringify(body);
    },
  };
}

it.skipIf(!hasTerraform)("a deployment locks the state on a server", async () => {
  const server = await stateServer();
  const { mustEnd } = await appWith({
    "main.ts": readFileSync(join(ROOT, "examples/cdktn/state.ts"), "utf8"),
  });
  const env = {
    STATE_BACKEND: "http",
    STATE_URL: server.url,
    TF_HTTP_USERNAME: "ci",
    TF_HTTP_PASSWORD: "secret",
  };
  await mustEnd([process.execPath, "--import", "tsx", "main.ts"], env);
  const terraform = ["terraform", "-chdir=cdktf.out/stacks/balances"];
  await mustEnd([...terraform, "init", "-no-color"], env);
  await mustEnd([...terraform, "apply", "-auto-approve", "-no-color"], env);
  expect(server.calls.filter((method) => method !== "GET")).toEqual(["LOCK", "POST", "UNLOCK"]);
  expect(server.state().resources).toMatchObject([{ type: "autumn_balance" }]);

  server.lockBy({ ID: "1" });
  const refused = await mustEnd([...terraform, "apply", "-auto-approve", "-no-color"], env, 1);
  expect(refused).toContain("Error acquiring the state lock");
  expect(refused).toContain("already locked: ID=1");
});

it.each(["s3", "pg"])("the example configures the backend %s", async (backend) => {
  const { cwd, mustEnd } = await appWith({
    "main.ts": readFileSync(join(ROOT, "examples/cdktn/state.ts"), "utf8"),
  });
  await mustEnd([process.execPath, "--import", "tsx", "main.ts"], { STATE_BACKEND: backend });
  const { terraform } = JSON.parse(readFileSync(join(cwd, "cdktf.out/stacks/balances/cdk.tf.json"), "utf8"));
  expect(Object.keys(terraform.backend)).toEqual([backend]);
});
