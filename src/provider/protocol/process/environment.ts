// What Terraform tells a provider process as it starts it: go-plugin's handshake, its first half.
import { X509Certificate } from "node:crypto";

const COOKIE_NAME = "TF_PLUGIN_MAGIC_COOKIE";
const COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/** The version of the plugin protocol that is spoken here. */
export const PROTOCOL_VERSION = 6;

export interface PluginEnvironment {
  /** PEM; whoever connects must show it. */
  readonly clientCertificate: string;
  /** Where Terraform wants the socket, if it says so. */
  readonly socketFolder: string | undefined;
  /** From and to, for systems without unix sockets. */
  readonly ports: readonly [number, number];
}

/** Why a process can't serve Terraform, for the person who started it. */
export class NotStartedByTerraform extends Error {
  override readonly name = "NotStartedByTerraform";
}

/** Reads what Terraform passed. Throws NotStartedByTerraform. */
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  provider: { readonly name: string; readonly version: string },
): PluginEnvironment {
  const program = `terraform-provider-${provider.name} ${provider.version}`;
  if (environment[COOKIE_NAME] !== COOKIE)
    throw new NotStartedByTerraform(
      `${program} is a plugin that Terraform starts by itself; there is nothing to run by hand.\n` +
        "Name it in a configuration's required_providers and run `terraform init`.\n" +
        "To debug it, start it with --debug.",
    );
  const versions = environment.PLUGIN_PROTOCOL_VERSIONS;
  if (versions !== undefined && !versions.split(",").map(Number).includes(PROTOCOL_VERSION))
    throw new NotStartedByTerraform(
      `${program} speaks plugin protocol ${PROTOCOL_VERSION}; this Terraform offers ${versions}. Use Terraform 1.0 or later.`,
    );
  const clientCertificate = environment.PLUGIN_CLIENT_CERT;
  if (!clientCertificate)
    throw new NotStartedByTerraform(
      `${program}: PLUGIN_CLIENT_CERT is not set, so there is no telling who connects. Terraform sets it.`,
    );
  if (!isCertificate(clientCertificate))
    throw new NotStartedByTerraform(`${program}: PLUGIN_CLIENT_CERT is not a certificate in PEM.`);
  return {
    clientCertificate,
    socketFolder: environment.PLUGIN_UNIX_SOCKET_DIR || undefined,
    ports: [port(environment.PLUGIN_MIN_PORT, 10_000), port(environment.PLUGIN_MAX_PORT, 25_000)],
  };
}

/** TLS itself accepts any text as a certificate, and then lets nobody in. */
function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function port(text: string | undefined, otherwise: number): number {
  const number = Number(text);
  return text && Number.isInteger(number) && number > 0 && number < 65_536 ? number : otherwise;
}
