// Starts a provider as Terraform does and speaks to it: go-plugin's handshake, mutual TLS, gRPC.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Client, credentials, type MethodDefinition } from "@grpc/grpc-js";
import { type Certificate, createCertificate } from "../../../src/provider/protocol/tls/certificate.ts";
import { decodeMsgpack } from "../../../src/provider/protocol/values/decode.ts";
import { encodeMsgpack } from "../../../src/provider/protocol/values/encode.ts";
import type { CtyType } from "../../../src/provider/protocol/values/type.ts";
import { GRPCControllerService } from "../../../src/provider/protocol/wire/plugin.generated.ts";
import {
  type DynamicValue,
  ProviderService,
} from "../../../src/provider/protocol/wire/tfplugin6.generated.ts";
import { bundle } from "./bundle.ts";
import { temporary } from "./temporary.ts";

export const COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
export const terraform: Certificate = createCertificate(new Date());

let bundled: Promise<string> | undefined;

/** The toy provider's executable, made once a test file. */
export function toy(): Promise<string> {
  bundled ??= bundle(join(temporary("toy-"), "terraform-provider-toy_v1.0.0"));
  return bundled;
}

export interface Started {
  readonly process: ChildProcess;
  /** All that came so far. */
  readonly output: { stdout: string; stderr: string };
  readonly socketFolder: string;
  /** The exit code, or the signal. */
  readonly ended: Promise<number | string>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Starts the toy (or another) as Terraform would, with `changes` to its environment. */
export async function start(
  changes: Environment = {},
  args: readonly string[] = [],
  program: string | Promise<string> = toy(),
  node = process.execPath,
): Promise<Started> {
  const socketFolder = temporary("sockets-");
  const environment = {
    ...process.env,
    TF_PLUGIN_MAGIC_COOKIE: COOKIE,
    PLUGIN_PROTOCOL_VERSIONS: "5,6",
    PLUGIN_CLIENT_CERT: terraform.pem,
    PLUGIN_UNIX_SOCKET_DIR: socketFolder,
    TOY_FOLDER: socketFolder,
    ...changes,
  };
  const child = spawn(node, [await program, ...args], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text;
  });
  const ended = once(child, "close").then(([code, signal]) => (code ?? signal) as number | string);
  return { process: child, output, socketFolder, ended };
}

export async function until(condition: () => boolean, what: string, ms = 50_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen in ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** How many toy_sleeps are being created, each of which leaves a file. @param folder what TOY_FOLDER names */
export const asleepIn = (folder: string): number =>
  readdirSync(folder).filter((name) => name.startsWith("asleep-")).length;

export interface Handshake {
  readonly socket: string;
  readonly certificatePem: string;
}

/** Waits for the handshake line and reads it. */
export async function handshake(started: Started): Promise<Handshake> {
  let ended = false;
  void started.ended.then(() => {
    ended = true;
  });
  await until(() => ended || started.output.stdout.includes("\n"), "the handshake");
  const line = /^1\|6\|unix\|([^|\n]+)\|grpc\|([A-Za-z0-9+/]+)\n/.exec(started.output.stdout);
  if (line === null)
    throw new Error(`no handshake: ${JSON.stringify(started.output.stdout)} ${started.output.stderr}`);
  // The line leaves the padding out, which PEM needs.
  const base64 = Buffer.from(line[2] ?? "", "base64")
    .toString("base64")
    .match(/.{1,64}/g)
    ?.join("\n");
  return {
    socket: line[1] ?? "",
    certificatePem: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
  };
}

type Service = typeof ProviderService;
type CallName = keyof Service;
type RequestOf<Name extends CallName> = Parameters<Service[Name]["requestSerialize"]>[0];
type ResponseOf<Name extends CallName> = ReturnType<Service[Name]["responseDeserialize"]>;

/** Makes one call. Rejects when it is answered by a gRPC error. */
export function callOf<Name extends CallName>(
  client: Client,
  name: Name,
  request: RequestOf<Name>,
): Promise<ResponseOf<Name>> {
  type Definition = MethodDefinition<RequestOf<Name>, ResponseOf<Name>>;
  const { path, requestSerialize, responseDeserialize } = ProviderService[name] as unknown as Definition;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, response) =>
      error ? reject(error) : resolve(response as ResponseOf<Name>),
    );
  });
}

/** A connection to a provider process. */
export class Connection {
  /** For every call; the process is one server. */
  readonly client: Client;

  constructor(
    readonly started: Started,
    readonly shaken: Handshake,
    identity: Certificate = terraform,
  ) {
    const secure = credentials.createSsl(
      Buffer.from(shaken.certificatePem),
      Buffer.from(identity.privateKeyPem),
      Buffer.from(identity.pem),
    );
    const options = { "grpc.ssl_target_name_override": "localhost", "grpc.default_authority": "localhost" };
    this.client = new Client(`unix:${shaken.socket}`, secure, options);
  }

  static async open(changes: Environment = {}): Promise<Connection> {
    const started = await start(changes);
    return new Connection(started, await handshake(started));
  }

  call<Name extends CallName>(name: Name, request: RequestOf<Name>): Promise<ResponseOf<Name>> {
    return callOf(this.client, name, request);
  }

  /** Configures the provider, as Terraform does before most calls. */
  async configure(): Promise<void> {
    const config = object({ folder: null }, { folder: "string" });
    await this.call("configureProvider", { terraformVersion: "1.11.4", config });
  }

  shutdown(): Promise<unknown> {
    const { path, requestSerialize, responseDeserialize } = GRPCControllerService.shutdown;
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, (error, response) =>
        error ? reject(error) : resolve(response),
      );
    });
  }

  /** Ends the process as Terraform does, and returns its exit code. */
  async close(): Promise<number | string> {
    await this.shutdown().catch(() => {});
    this.client.close();
    return this.started.ended;
  }
}

const NOTHING = Buffer.alloc(0);

export const dynamic = (value: unknown, type: CtyType): DynamicValue => ({
  msgpack: encodeMsgpack(value, type),
  json: NOTHING,
});

export const object = (value: unknown, attributes: { readonly [name: string]: CtyType }): DynamicValue =>
  dynamic(value, ["object", attributes]);

export const objectOf = (sent: DynamicValue | undefined, attributes: { readonly [name: string]: CtyType }) =>
  decodeMsgpack(sent?.msgpack ?? NOTHING, ["object", attributes]) as Record<string, unknown> | null;
