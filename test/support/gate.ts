// Stands before an emulator and holds calls back until it is told to let them through: so a test can do something
// while a call is on its way, however long that takes.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Held {
  /** Resolves when the first call is held back. */
  readonly reached: Promise<void>;
  /** Lets calls through from now on. Resolves when those held back have had their effect, whoever still waits for it. */
  release(): Promise<void>;
}

export interface Gate {
  readonly url: string;
  /**
   * Holds back every call of a route, such as `POST /v1/balances.create`, or of all routes; with `fits`, only those
   * whose body fits.
   */
  hold(route?: string, fits?: (body: unknown) => boolean): Held;
}

interface Barrier {
  readonly route: string | undefined;
  readonly fits: (body: unknown) => boolean;
  readonly reach: () => void;
  readonly opened: Promise<void>;
  readonly passing: Promise<void>[];
}

/** A gate that is open, until the end of the test. */
export async function gateBefore(target: { readonly url: string }): Promise<Gate> {
  const barriers = new Set<Barrier>();
  const server = createServer((request, response) => {
    const route = `${request.method} ${request.url?.replace(/\?.*/, "")}`;
    const pass = async (): Promise<void> => {
      const body = await bodyOf(request);
      const json = body.length === 0 ? {} : JSON.parse(body.toString("utf8"));
      const barrier = [...barriers].find(
        (one) => (one.route === undefined || one.route === route) && one.fits(json),
      );
      const passed = (barrier?.opened ?? Promise.resolve()).then(() =>
        forward(target.url, request, body, response),
      );
      barrier?.passing.push(passed);
      barrier?.reach();
      await passed;
    };
    pass().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold(route, fits = () => true) {
      const reached = signal();
      const opened = signal();
      const barrier = { route, fits, reach: reached.give, opened: opened.given, passing: [] };
      barriers.add(barrier);
      const release = async (): Promise<void> => {
        barriers.delete(barrier);
        opened.give();
        await Promise.allSettled(barrier.passing);
      };
      return { reached: reached.given, release };
    },
  };
}

function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give = (): void => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Headers that belong to one connection, or are written anew. */
const NOT_PASSED_ON = /^(?:connection|keep-alive|transfer-encoding|content-length|content-encoding|host)$/;

async function forward(
  url: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const headers = Object.entries(request.headers).filter(([name]) => !NOT_PASSED_ON.test(name));
  const answer = await fetch(`${url}${request.url}`, {
    method: request.method ?? "GET",
    headers: headers.map(([name, value]): [string, string] => [name, String(value)]),
    ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
  });
  const text = Buffer.from(await answer.arrayBuffer());
  if (response.destroyed) return;
  const passed = [...answer.headers].filter(([name]) => !NOT_PASSED_ON.test(name));
  response.writeHead(answer.status, Object.fromEntries(passed)).end(text);
}
