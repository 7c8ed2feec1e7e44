// Debugging: a provider that was started by hand (in a debugger), and a Terraform that is told where it is.

import { PROTOCOL_VERSION } from "./environment.ts";
import type { Address } from "./listen.ts";

/** The shell assignment that makes `terraform` use this process. */
export function debugVariable(
  provider: { readonly name: string; readonly address?: string },
  listening: Pick<Address, "network" | "address">,
): string {
  const source = provider.address ?? `registry.terraform.io/hashicorp/${provider.name}`;
  const reattach = {
    [source]: {
      Protocol: "grpc",
      ProtocolVersion: PROTOCOL_VERSION,
      Pid: process.pid,
      Test: true,
      Addr: { Network: listening.network, String: listening.address },
    },
  };
  return `TF_REATTACH_PROVIDERS='${JSON.stringify(reattach)}'`;
}
