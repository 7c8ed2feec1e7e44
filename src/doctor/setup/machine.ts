// The machine: versions, what stands between it and the server, and where output goes.
import { type Check, ok, problem, type Surroundings } from "./check.ts";
import { proxyCheck } from "./proxy.ts";

/** The oldest Node that the package runs on. */
export const LEAST_NODE = 20;

export function machineChecks(surroundings: Surroundings): Check[] {
  return [
    ok("tool-version", `autumn-balances ${surroundings.toolVersion}`),
    node(surroundings),
    proxyCheck(surroundings),
    certificates(surroundings),
    certificateChecks(surroundings),
    terminal(surroundings),
  ];
}

function node({ nodeVersion }: Surroundings): Check {
  const id = "node-version";
  const major = Number.parseInt(nodeVersion, 10);
  if (major >= LEAST_NODE) return ok(id, `Node ${nodeVersion}`);
  return problem(id, `Node ${nodeVersion} is too old`, `install Node ${LEAST_NODE} or later`);
}

function certificates({ certificates: found }: Surroundings): Check {
  const id = "certificates";
  if (found === null) return ok(id, "those that Node brings; NODE_EXTRA_CA_CERTS is not set");
  if ("error" in found) {
    const hint = "Node goes on without it, so a private server is not trusted: correct NODE_EXTRA_CA_CERTS";
    return problem(id, `NODE_EXTRA_CA_CERTS cannot be read: ${found.error}`, hint);
  }
  if (found.count === 0) {
    const hint = "it has to hold certificates in PEM form (-----BEGIN CERTIFICATE-----)";
    return problem(id, "the file of NODE_EXTRA_CA_CERTS has no certificate", hint);
  }
  return ok(id, `those that Node brings, and ${found.count} of NODE_EXTRA_CA_CERTS`);
}

function certificateChecks({ env }: Surroundings): Check {
  const id = "certificate-checks";
  if (env.NODE_TLS_REJECT_UNAUTHORIZED !== "0") return ok(id, "the server's certificate is checked");
  const hint = "unset NODE_TLS_REJECT_UNAUTHORIZED, and name a private authority in NODE_EXTRA_CA_CERTS";
  return problem(id, "NODE_TLS_REJECT_UNAUTHORIZED=0: anybody on the way can read the key", hint);
}

function terminal({ stdoutIsTerminal, stdinIsTerminal, env }: Surroundings): Check {
  const id = "terminal";
  const isCi = !["", "0", "false"].includes(env.CI ?? "");
  if (stdoutIsTerminal && stdinIsTerminal && !isCi) return ok(id, "a person can be asked before an apply");
  const why = isCi ? "CI is set" : stdoutIsTerminal ? "stdin is no terminal" : "stdout is no terminal";
  return ok(id, `${why}: nobody is asked, and apply needs --yes`);
}
