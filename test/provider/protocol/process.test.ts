// A provider process from its start to its end, as go-plugin (Terraform's side) sees it.
import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { Client, credentials, Server, ServerCredentials } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { listenOnPort } from "../../../src/provider/protocol/process/listen.ts";
import { createCertificate } from "../../../src/provider/protocol/tls/certificate.ts";
import {
  asleepIn,
  Connection,
  callOf,
  handshake,
  object,
  objectOf,
  start,
  terraform,
  toy,
  until,
} from "./plugin.ts";
import { temporary } from "./temporary.ts";

const sleepType = { ms: "number", outcome: "string" } as const;

/** Begins to create a toy_sleep, which takes long unless it is stopped. */
async function createSleep(connection: Connection) {
  const planned = object({ ms: 600_000, outcome: null }, sleepType);
  const created = connection.call("applyResourceChange", {
    typeName: "toy_sleep",
    priorState: object(null, sleepType),
    plannedState: planned,
    config: planned,
    plannedPrivate: Buffer.alloc(0),
  });
  await until(() => asleepIn(connection.started.socketFolder) > 0, "the creation");
  // Wrapped, so that it is begun and not waited for.
  return { created };
}

describe("the start", () => {
  it("prints one line to stdout, whatever the provider prints, and sends the rest to stderr", async () => {
    const connection = await Connection.open();
    await connection.configure();
    expect(await connection.close()).toBe(0);
    const { stdout, stderr } = connection.started.output;
    expect(stdout).toMatch(/^1\|6\|unix\|[^|\n]+\|grpc\|[A-Za-z0-9+/]+\n$/);
    expect(stderr).toContain("served, and told on stdout");
    expect(stderr).toContain("served, and written to stdout");
    expect(stderr).toContain("configured, and told on stdout");
  });

  it("listens on a socket that nobody else can see, where it was told to", async () => {
    const connection = await Connection.open();
    const { socket, certificatePem } = connection.shaken;
    expect(socket.startsWith(connection.started.socketFolder)).toBe(true);
    expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700);
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    expect(new X509Certificate(certificatePem).subjectAltName).toBe("DNS:localhost");
    await connection.close();
  });

  it.each([
    [
      "without the cookie",
      { TF_PLUGIN_MAGIC_COOKIE: undefined },
      /plugin that Terraform starts by itself.*terraform init/s,
    ],
    ["with another cookie", { TF_PLUGIN_MAGIC_COOKIE: "x" }, /plugin that Terraform starts by itself/],
    ["of an old Terraform", { PLUGIN_PROTOCOL_VERSIONS: "4,5" }, /speaks plugin protocol 6.*offers 4,5/],
    ["without a client certificate", { PLUGIN_CLIENT_CERT: undefined }, /PLUGIN_CLIENT_CERT is not set/],
    ["with a folder that is not there", { PLUGIN_UNIX_SOCKET_DIR: "/nowhere/at/all" }, /ENOENT/],
    ["with a client certificate that is none", { PLUGIN_CLIENT_CERT: "x" }, /./],
    [
      "with a path that is too long for a socket",
      { PLUGIN_UNIX_SOCKET_DIR: temporary("x".repeat(120)) },
      /x{120}\w{6} is \d+ bytes too long for a socket: have TMPDIR name a shorter folder/,
    ],
    ["of a provider that breaks", { TOY_BREAKS: "at start" }, /this provider can't start/],
  ])("%s ends with 1, the reason on stderr and nothing on stdout", async (_name, changes, reason) => {
    const { ended, output, socketFolder } = await start(changes);
    expect(await ended).toBe(1);
    expect(output.stdout).toBe("");
    expect(output.stderr).toMatch(reason);
    expect(readdirSync(socketFolder)).toEqual([]);
  });

  it("takes the first free port where there are no unix sockets", async () => {
    const servers = [new Server(), new Server()];
    const [one, other] = await Promise.all(
      servers.map((server) => listenOnPort(server, ServerCredentials.createInsecure(), [21_000, 21_200])),
    );
    expect(one).toMatchObject({ network: "tcp", address: expect.stringMatching(/^127\.0\.0\.1:21\d\d\d$/) });
    expect(other?.address).not.toBe(one?.address);
    const taken = Number(one?.address.split(":")[1]);
    await expect(
      listenOnPort(new Server(), ServerCredentials.createInsecure(), [taken, taken]),
    ).rejects.toThrow(`No port from ${taken} to ${taken}`);
    for (const server of servers) server.forceShutdown();
  });
});

describe("who may connect", () => {
  it("is not who shows another certificate, or none, or speaks no TLS", async () => {
    const connection = await Connection.open();
    const other = new Connection(connection.started, connection.shaken, createCertificate(new Date()));
    await expect(other.call("getProviderSchema", {})).rejects.toThrow(/UNAVAILABLE/);
    await expect(other.shutdown()).rejects.toThrow(/UNAVAILABLE/);

    const { socket, certificatePem } = connection.shaken;
    const options = { "grpc.ssl_target_name_override": "localhost" };
    const nobody = new Client(`unix:${socket}`, credentials.createSsl(Buffer.from(certificatePem)), options);
    await expect(callOf(nobody, "getMetadata", {})).rejects.toThrow(/UNAVAILABLE/);
    const plain = new Client(`unix:${socket}`, credentials.createInsecure());
    await expect(callOf(plain, "getMetadata", {})).rejects.toThrow(/UNAVAILABLE/);
    for (const client of [other.client, nobody, plain]) client.close();

    expect((await connection.call("getMetadata", {})).resources).toHaveLength(2);
    expect(await connection.close()).toBe(0);
  });

  it("may send garbage, and the process lives on", async () => {
    const connection = await Connection.open();
    for (const garbage of [Buffer.alloc(5000, 0xff), Buffer.from("GET / HTTP/1.1\r\n\r\n")]) {
      const raw = connect(connection.shaken.socket);
      raw.on("error", () => {});
      raw.end(garbage);
      await new Promise((resolve) => raw.once("close", resolve));
    }
    const raw = (path: string, bytes: Buffer) =>
      new Promise((resolve) => {
        const identity = (value: Buffer): Buffer => value;
        connection.client.makeUnaryRequest(path, identity, identity, bytes, (error) => resolve(error?.code));
      });
    expect(await raw("/tfplugin6.Provider/ReadResource", Buffer.alloc(100, 0xff))).toBe(13);
    expect(await raw("/tfplugin6.Provider/PlanResourceChange", Buffer.from("0a05", "hex"))).toBe(13);
    expect(await raw("/tfplugin6.Provider/NoSuchCall", Buffer.alloc(0))).toBe(12);
    expect(await raw("/plugin.GRPCStdio/StreamStdio", Buffer.alloc(0))).toBe(12);
    expect((await connection.call("getMetadata", {})).resources).toHaveLength(2);
    expect(await connection.close()).toBe(0);
  });
});

describe("the end", () => {
  it("comes with Shutdown, and the socket is gone", async () => {
    const connection = await Connection.open();
    await connection.call("getMetadata", {});
    expect(await connection.close()).toBe(0);
    expect(readdirSync(connection.started.socketFolder)).toEqual([]);
  });

  it("waits with Shutdown for the operation that runs, which hears of it", async () => {
    const connection = await Connection.open();
    await connection.configure();
    const { created } = await createSleep(connection);
    await connection.shutdown();
    expect(objectOf((await created).newState, sleepType)).toMatchObject({ outcome: "stopped" });
    connection.client.close();
    expect(await connection.started.ended).toBe(0);
  });

  it("does not come with ^C: StopProvider tells the operations, and the process stays", async () => {
    const connection = await Connection.open();
    await connection.configure();
    const { created } = await createSleep(connection);
    connection.started.process.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await connection.call("stopProvider", {})).toEqual({ Error: "" });
    const answer = await created;
    expect(answer.diagnostics).toEqual([]);
    expect(objectOf(answer.newState, sleepType)).toMatchObject({ outcome: "stopped" });
    expect((await connection.call("getMetadata", {})).resources).toHaveLength(2);
    expect(await connection.close()).toBe(0);
  });

  it("comes with SIGTERM, with what runs told and the socket removed", async () => {
    const connection = await Connection.open();
    await connection.configure();
    const { created } = await createSleep(connection);
    connection.started.process.kill("SIGTERM");
    expect(objectOf((await created).newState, sleepType)).toMatchObject({ outcome: "stopped" });
    connection.client.close();
    expect(await connection.started.ended).toBe(0);
    expect(readdirSync(connection.started.socketFolder)).toEqual([]);
  });

  it("comes when Terraform has died, and the socket is removed", async () => {
    const file = await toy();
    const socketFolder = temporary("sockets-");
    const parent = spawn(
      process.execPath,
      [
        "-e",
        "require('child_process').spawn(process.execPath, [process.argv[1]], { stdio: 'inherit' })",
        file,
      ],
      {
        stdio: ["ignore", "pipe", "ignore"],
        env: {
          ...process.env,
          TF_PLUGIN_MAGIC_COOKIE: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
          PLUGIN_CLIENT_CERT: terraform.pem,
          PLUGIN_UNIX_SOCKET_DIR: socketFolder,
        },
      },
    );
    let stdout = "";
    let closed = false;
    parent.stdout.on("data", (bytes: Buffer) => {
      stdout += bytes.toString();
    });
    // The provider holds the other end until it ends.
    parent.stdout.on("close", () => {
      closed = true;
    });
    await until(() => stdout.includes("\n"), "the handshake");
    const [socket = ""] = readdirSync(socketFolder);
    expect(existsSync(join(socketFolder, socket, "s"))).toBe(true);
    parent.kill("SIGKILL");
    await until(() => closed, "the end of the provider");
    expect(readdirSync(socketFolder)).toEqual([]);
  });

  it("does not come with errors that nobody waits for", async () => {
    const connection = await Connection.open({ TOY_BREAKS: "later" });
    const { output } = connection.started;
    await until(
      () => /an error in a timer/.test(output.stderr) && /nobody waits for/.test(output.stderr),
      "errors",
    );
    expect((await connection.call("getMetadata", {})).resources).toHaveLength(2);
    expect(await connection.close()).toBe(0);
  });
});

describe("debugging", () => {
  it("prints the variable that Terraform needs, and serves without TLS until ^C", async () => {
    const started = await start({ TF_PLUGIN_MAGIC_COOKIE: undefined }, ["--debug"]);
    await until(() => started.output.stdout.includes("\n"), "the variable");
    const [, json = ""] = /^TF_REATTACH_PROVIDERS='(.*)'\n$/.exec(started.output.stdout) ?? [];
    const reattach = JSON.parse(json)["registry.terraform.io/example/toy"];
    expect(reattach).toEqual({
      Protocol: "grpc",
      ProtocolVersion: 6,
      Pid: started.process.pid,
      Test: true,
      Addr: { Network: "unix", String: expect.any(String) },
    });
    const client = new Client(`unix:${reattach.Addr.String}`, credentials.createInsecure());
    const metadata = await callOf(client, "getMetadata", {});
    expect(metadata).toMatchObject({ resources: [{ typeName: "toy_note" }, { typeName: "toy_sleep" }] });
    client.close();
    started.process.kill("SIGINT");
    expect(await started.ended).toBe(0);
    expect(existsSync(reattach.Addr.String)).toBe(false);
  });

  it("needs no handshake to fail at once when the handshake would", async () => {
    await expect(start({ TF_PLUGIN_MAGIC_COOKIE: "x" }).then(handshake)).rejects.toThrow("no handshake");
  });
});
