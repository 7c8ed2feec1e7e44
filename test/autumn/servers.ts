// Real servers on this machine, as odd as a test wants them, and clients of them.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createSocketServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import {
  AutumnClient,
  type AutumnClientOptions,
  AutumnError,
  type CallRecord,
} from "../../src/autumn/index.ts";

export const KEY = "am_sk_test_Zk9vQ2xlYW5Lyw7";
export const TARGET = { customer_id: "acme", feature_id: "api_calls", balance_id: "contracts:api_calls" };

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

export interface Recording {
  readonly url: string;
  readonly received: Received[];
  /** Connections that were made so far. */
  sockets: number;
  readonly server: Server;
}

type Respond = (request: Received, response: ServerResponse, nth: number) => void;

async function listen(server: {
  listen(port: number, host: string, done: () => void): unknown;
}): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
}

/** An HTTP server that is gone when the test is. `nth` counts requests from 1. */
export async function serve(respond: Respond): Promise<Recording> {
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const { method = "", url = "", headers } = request;
    const received = { method, url, headers, text };
    recording.received.push(received);
    respond(received, response, recording.received.length);
  });
  server.on("connection", () => {
    recording.sockets += 1;
  });
  await listen(server);
  const { port } = server.address() as AddressInfo;
  const recording: Recording = { url: `http://127.0.0.1:${port}`, received: [], sockets: 0, server };
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return recording;
}

/** A server that answers every request alike. */
export function serveAlways(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Recording> {
  return serve((_request, response) => answer(response, status, body, headers));
}

export function answer(
  response: ServerResponse,
  status: number,
  body: unknown = { success: true },
  headers: Record<string, string> = {},
): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  response.writeHead(status, {
    "content-type": typeof body === "string" ? "text/plain" : "application/json",
    ...headers,
  });
  response.end(text);
}

/** A server that speaks whatever it likes; `onRequest` is called with the first bytes of each connection. */
export async function serveRaw(onRequest: (socket: Socket, nth: number) => void): Promise<string> {
  const sockets = new Set<Socket>();
  let nth = 0;
  const server = createSocketServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => onRequest(socket, ++nth));
  });
  await listen(server);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export interface TestClient extends AutumnClient {
  readonly calls: CallRecord[];
}

/** A client that does not retry, and whose retries, when it is told to make some, do not wait. */
export function client(baseUrl: string, options: Partial<AutumnClientOptions> = {}): TestClient {
  const calls: CallRecord[] = [];
  const made = new AutumnClient({
    baseUrl,
    secretKey: KEY,
    maxRetries: 0,
    timeoutMs: 5000,
    clock: hurried,
    onCall: (call) => calls.push(call),
    ...options,
  });
  return Object.assign(made, { calls });
}

let hurriedBy = 0;
/** Real time, in which sleeping takes none. */
export const hurried = {
  now: () => Date.now() + hurriedBy,
  sleep: async (ms: number) => {
    hurriedBy += ms;
  },
};

/** The error a call ends with; anything but an `AutumnError` fails the test. */
export async function failureOf(call: Promise<unknown>): Promise<AutumnError> {
  let value: unknown;
  try {
    value = await call;
  } catch (error) {
    if (error instanceof AutumnError) return error;
    throw error;
  }
  throw new Error(`it did not fail, and gave ${JSON.stringify(value)}`);
}

export const create = (autumn: AutumnClient, key = "key-1"): Promise<void> =>
  autumn.createBalance({ ...TARGET, included_grant: 100 }, key);

/** An update that adds units, which must not happen twice. */
export const add = (autumn: AutumnClient, key = "key-1"): Promise<void> =>
  autumn.updateBalance({ ...TARGET, included_grant: 150, add_to_balance: 50 }, key);
