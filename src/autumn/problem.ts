// Turns API errors into problems in plain words, with a way out.
import type { Problem } from "../schema/index.ts";
import { quoted } from "../text/index.ts";
import type { AutumnError } from "./error.ts";
import { FOR_GOOD } from "./network-failure.ts";

/** The names of settings, as the user knows them. */
export interface SettingNames {
  /** Such as `AUTUMN_BASE_URL, --base-url`. */
  readonly baseUrl: string;
  /** Such as `--rate`. */
  readonly rate: string;
}

const TRUST =
  "have Node trust who issued the certificate: NODE_EXTRA_CA_CERTS=the file of your certificate authority (PEM)";

const OF_CONNECTIONS: Readonly<Record<string, (names: SettingNames) => string>> = {
  untrusted_certificate: () => TRUST,
  expired_certificate: () => "renew the certificate of the server; or is the clock of this machine wrong?",
  certificate_of_another_host: ({ baseUrl }) =>
    `write the base URL (${baseUrl}) with the name that the certificate was issued for`,
  no_tls: ({ baseUrl }) =>
    `nothing there answers in TLS: begin the base URL (${baseUrl}) with http:// if that is what the server speaks`,
  blocked_port: ({ baseUrl }) =>
    `no program in JavaScript asks at that port, which is another protocol's: give the server another one (${baseUrl})`,
};

const NAMES_CUSTOMER = /: customer_id: /;
const NAMES_ENTITY = /: entity_id: /;

/** The problem of a call that the server rejects as invalid, for example because of characters in an id. */
export function problemOfRefusedId(
  { code = "refused", message }: AutumnError,
  { customerId, entityId = null }: { readonly customerId: string; readonly entityId?: string | null },
): Problem {
  const ofEntity = entityId !== null && NAMES_ENTITY.test(message);
  const [what, id] = ofEntity ? (["entity", entityId] as const) : (["customer", customerId] as const);
  return {
    code,
    message: `Autumn does not take ${what} ${quoted(id)}: ${message}`,
    hint: `write the id that the ${what} has in Autumn`,
  };
}

export function problemOfApi(error: AutumnError, names: SettingNames): Problem {
  const { message, status, code, outcome } = error;
  const ofConnection = OF_CONNECTIONS[code ?? ""];
  if (status === undefined && ofConnection !== undefined) {
    return {
      code: code === undefined || FOR_GOOD.has(code) ? "unreachable" : code,
      message: `the API cannot be reached: ${message}`,
      hint: ofConnection(names),
    };
  }
  if (status === undefined && code === undefined) {
    const hint =
      `check the network and the base URL (${names.baseUrl}); if it is the emulator's, is it running? ` +
      "`autumn-balances doctor --offline` tells what is set, and whether a proxy is used";
    return { code: "unreachable", message: `the API cannot be reached: ${message}`, hint };
  }
  if (status === 401 && code === "invalid_secret_key") {
    const hint =
      "set AUTUMN_SECRET_KEY to a key of this organisation and environment, as the dashboard shows it";
    return { code, message: `the API does not know the secret key (${message})`, hint };
  }
  if (status === 401 && code !== undefined && !error.routeIsMissing) {
    const hint = "set AUTUMN_SECRET_KEY to a secret key of Autumn (am_sk_test_… or am_sk_live_…)";
    return { code, message: `the API does not take the secret key (${message})`, hint };
  }
  if (error.isBadRequest && error.customerId !== undefined && NAMES_CUSTOMER.test(message)) {
    return problemOfRefusedId(error, { customerId: error.customerId });
  }
  if (status === 401 || status === 404 || code === "unexpected_answer") {
    const hint = `check the base URL (${names.baseUrl}): is it Autumn's, of version 2.3 or later?`;
    return { code: code ?? "unexpected_answer", message, hint };
  }
  if (status === 429) {
    const hint = `others use the limit up: try again later, or go slower with ${names.rate}`;
    return { code: code ?? "rate_limited", message, hint };
  }
  const hint = outcome === "refused" ? undefined : "run the same command again; nothing is granted twice";
  return { code: code ?? "api", message, ...(hint === undefined ? {} : { hint }) };
}
