// Opens the gRPC server where Terraform can reach it: on a unix socket that only this user can see, or on TCP.
import { chmodSync, existsSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Server, ServerCredentials } from "@grpc/grpc-js";

export interface Address {
  readonly network: "unix" | "tcp";
  /** The socket's path, or `127.0.0.1:port`. */
  readonly address: string;
  /** Removes what was made in the file system. May be called again. */
  remove(): void;
}

export interface Place {
  readonly socketFolder: string | undefined;
  readonly ports: readonly [number, number];
}

/** Listens. Rejects when nothing can be listened on. */
export function listen(server: Server, credentials: ServerCredentials, place: Place): Promise<Address> {
  return process.platform === "win32"
    ? listenOnPort(server, credentials, place.ports)
    : listenOnSocket(server, credentials, place.socketFolder ?? tmpdir());
}

function bind(server: Server, target: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(target, credentials, (error, port) => (error ? reject(error) : resolve(port)));
  });
}

/** In bytes (unix(7)). Node silently cuts off a longer path, and the socket is elsewhere. */
const LONGEST_SOCKET_PATH = process.platform === "linux" ? 107 : 103;

async function listenOnSocket(
  server: Server,
  credentials: ServerCredentials,
  parent: string,
): Promise<Address> {
  const excess = Buffer.byteLength(join(parent, "tf-123456/s")) - LONGEST_SOCKET_PATH;
  if (excess > 0) {
    throw new Error(`${parent} is ${excess} bytes too long for a socket: have TMPDIR name a shorter folder`);
  }
  // mkdtemp makes it for this user alone (0700).
  const folder = mkdtempSync(join(parent, "tf-"));
  const address = join(folder, "s");
  const remove = (): void => {
    rmSync(address, { force: true });
    if (existsSync(folder)) rmdirSync(folder);
  };
  try {
    await bind(server, `unix:${address}`, credentials);
    chmodSync(address, 0o600);
    return { network: "unix", address, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The first port from `first` to `last` that is free. */
export async function listenOnPort(
  server: Server,
  credentials: ServerCredentials,
  [first, last]: readonly [number, number],
): Promise<Address> {
  let refused: unknown;
  for (let port = first; port <= last; port++) {
    try {
      await bind(server, `127.0.0.1:${port}`, credentials);
      return { network: "tcp", address: `127.0.0.1:${port}`, remove: () => {} };
    } catch (error) {
      refused = error;
    }
  }
  throw new Error(`No port from ${first} to ${last} could be listened on`, { cause: refused });
}
