// Serves a provider to the Terraform that started this process.
import { inspect } from "node:util";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { visibleLines } from "../../../text/index.ts";
import { Operations } from "../framework/operations.ts";
import type { Provider } from "../framework/provider.ts";
import type { Schema } from "../framework/schema.ts";
import { providerService } from "../framework/service.ts";
import { createCertificate } from "../tls/certificate.ts";
import { GRPCControllerService } from "../wire/plugin.generated.ts";
import { ProviderService } from "../wire/tfplugin6.generated.ts";
import { NotStartedByTerraform, PROTOCOL_VERSION, readEnvironment } from "./environment.ts";
import { Lifetime } from "./lifetime.ts";
import { type Address, listen, type Place } from "./listen.ts";
import { redirectStdout, writeError, writeLine } from "./output.ts";
import { debugVariable } from "./reattach.ts";

/** The version of go-plugin's own protocol. */
const CORE_VERSION = 1;
/** A thousand resources' schema and any state fit; gRPC's own limit of 4 MB is below what Terraform sends. */
const LARGEST_MESSAGE = 256 * 1024 * 1024;

/**
 * Serves `provider` to Terraform, and ends the process when Terraform is done with it. Call it first of all: anything
 * printed to stdout before breaks the start. With `--debug` it is served to the `terraform` that is given the printed
 * variable instead, until ^C.
 * @example
 * await serveProvider({ name: "note", version: "1.0.0", schema: { attributes: {} }, configure: () => null, resources });
 */
export async function serveProvider<Client, S extends Schema>(provider: Provider<Client, S>): Promise<void> {
  redirectStdout();
  try {
    if (process.argv.includes("--debug")) await serveForDebugging(provider);
    else await serveToTerraform(provider);
  } catch (error) {
    writeError(error instanceof NotStartedByTerraform ? error.message : inspect(error));
    process.exit(1);
  }
  // From here on a mistake in one operation must not end those that run beside it.
  const tell = (error: unknown): void =>
    console.error(visibleLines(`nobody waited for this error: ${inspect(error)}`));
  process.on("uncaughtException", tell);
  process.on("unhandledRejection", tell);
}

async function serveToTerraform<Client, S extends Schema>(provider: Provider<Client, S>): Promise<void> {
  const environment = readEnvironment(process.env, provider);
  const certificate = createCertificate(new Date());
  const credentials = ServerCredentials.createSsl(
    Buffer.from(environment.clientCertificate, "utf8"),
    [
      {
        cert_chain: Buffer.from(certificate.pem, "utf8"),
        private_key: Buffer.from(certificate.privateKeyPem, "utf8"),
      },
    ],
    true,
  );
  const { lifetime, address } = await start(provider, credentials, environment, (life) => void life.end());
  lifetime.followTerraform();
  const der = certificate.der.toString("base64").replace(/=+$/, "");
  writeLine([CORE_VERSION, PROTOCOL_VERSION, address.network, address.address, "grpc", der].join("|"));
}

async function serveForDebugging<Client, S extends Schema>(provider: Provider<Client, S>): Promise<void> {
  const place = { socketFolder: undefined, ports: [10_000, 25_000] as const };
  // Terraform must not end what it did not start.
  const { lifetime, address } = await start(provider, ServerCredentials.createInsecure(), place, () => {});
  lifetime.followTerminal();
  writeLine(debugVariable(provider, address));
}

async function start<Client, S extends Schema>(
  provider: Provider<Client, S>,
  credentials: ServerCredentials,
  place: Place,
  onShutdown: (lifetime: Lifetime) => void,
): Promise<{ readonly lifetime: Lifetime; readonly address: Address }> {
  const server = new Server({
    "grpc.max_receive_message_length": LARGEST_MESSAGE,
    "grpc.max_send_message_length": LARGEST_MESSAGE,
    "grpc.enable_channelz": 0,
  });
  const operations = new Operations<Client>();
  let address: Address | undefined;
  const lifetime = new Lifetime({
    stop: () => operations.stop(),
    idle: () => operations.idle(),
    close: () => new Promise((resolve) => server.tryShutdown(() => resolve())),
    remove: () => address?.remove(),
  });
  server.addService(ProviderService, providerService(provider, operations));
  server.addService(GRPCControllerService, {
    shutdown: (_call: unknown, callback: (error: null, answer: object) => void) => {
      callback(null, {});
      onShutdown(lifetime);
    },
  });
  address = await listen(server, credentials, place);
  return { lifetime, address };
}
