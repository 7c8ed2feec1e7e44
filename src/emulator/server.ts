// The emulator behind a real HTTP server.
import { createAdaptorServer, type HttpBindings, type ServerType } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { Emulator } from "./emulator.ts";
import { toResponse } from "./http.ts";
import { DEFAULT_HOST, DEFAULT_PORT, type EmulatorOptions } from "./options.ts";

/** An emulator that listens. Made by {@link startEmulator}. */
export class RunningEmulator extends Emulator {
  readonly #server: ServerType;
  #url = "";

  constructor(options: EmulatorOptions) {
    super(options);
    this.#server = createAdaptorServer({
      // The package would otherwise replace the process's global Request and Response
      overrideGlobalObjects: false,
      fetch: async (request: Request, env: unknown) => {
        const outcome = await this.handle(request);
        if (outcome !== "dropped") return this.#dated(toResponse(outcome));
        (env as HttpBindings).incoming.socket.destroy();
        return RESPONSE_ALREADY_SENT;
      },
    });
  }

  /** The time that a server's answer tells, which is that of the emulator's clock. */
  #dated(response: Response): Response {
    response.headers.set("date", new Date(this.now()).toUTCString());
    return response;
  }

  /** Base URL without a trailing slash, such as `http://127.0.0.1:4010`: one that this machine can reach it by. */
  get url(): string {
    return this.#url;
  }

  /** Starts to listen. @throws Error when the port is taken */
  async listen(port: number, host: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
    const address = this.#server.address();
    const bound = typeof address === "object" && address ? address.port : port;
    this.#url = urlOf(host, bound);
  }

  /** Stops listening, breaks what is still connected, and writes the state file. */
  override async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      // Requests that are never answered would keep the server open
      if ("closeAllConnections" in this.#server) this.#server.closeAllConnections();
    });
    await super.close();
  }
}

/** Addresses that mean "listen on all of them" and cannot be connected to, with the one to connect to instead. */
const UNSPECIFIED: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "[::]": "[::1]" };

function urlOf(host: string, port: number): string {
  const name = host.includes(":") ? `[${host}]` : host;
  // A URL has one way to write an address: `0` is 0.0.0.0.
  const { hostname } = URL.canParse(`http://${name}`) ? new URL(`http://${name}`) : { hostname: name };
  return `http://${UNSPECIFIED[hostname] ?? name}:${port}`;
}

/**
 * Starts an emulator that answers over HTTP, by default on http://127.0.0.1:4010 and never beyond this
 * machine unless `host` says so.
 * @throws SeedError for a mistake in the seed, StateFileError, Error when the port is taken
 * @example
 * ```ts
 * const autumn = await startEmulator({ port: 0 });
 * process.env.AUTUMN_BASE_URL = autumn.url;
 * process.env.AUTUMN_SECRET_KEY = autumn.key;
 * // …
 * await autumn.close();
 * ```
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<RunningEmulator> {
  const running = new RunningEmulator(options);
  await running.listen(options.port ?? DEFAULT_PORT, options.host ?? DEFAULT_HOST);
  return running;
}
