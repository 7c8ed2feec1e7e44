// Why there was no answer, and whether the call can have reached the server all the same.
import type { CallOutcome } from "./error.ts";

/** Codes of a handshake that failed before anything of the call was sent. */
const BAD_CERTIFICATE =
  /^(ERR_TLS_CERT_ALTNAME_INVALID|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE))/;
/** Codes of a connection that was never made. OpenSSL's have other words in the middle from one version to the next. */
const NEVER_CONNECTED =
  /^(UND_ERR_CONNECT_TIMEOUT|ERR_SSL_(.*_)?(WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL|HANDSHAKE_FAILURE|ALERT_PROTOCOL_VERSION))$/;
/** What newer versions of Node add to the message about a certificate; problems have a hint of ours instead. */
const ADVICE_OF_NODE = /; if the root CA is installed locally.*$/s;

/** Where it lies in the base URL, no further call fares better. */
export const FOR_GOOD: ReadonlySet<string | undefined> = new Set(["no_tls", "blocked_port"]);

/** What `fetch` says of ports of other protocols, without a code. */
const isBlockedPort = (chain: readonly NetworkError[]): boolean => chain.at(-1)?.message === "bad port";

interface NetworkError extends Error {
  readonly code?: unknown;
  readonly syscall?: unknown;
  /** What OpenSSL says in words; its message is a line of its source. */
  readonly reason?: unknown;
}

/** An error, its causes and the errors it sums up; the most telling last. */
function chainOf(error: unknown, depth = 0): NetworkError[] {
  if (!(error instanceof Error) || depth > 5) return [];
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  return [error, ...inner.flatMap((one) => chainOf(one, depth + 1))];
}

const codeOf = ({ code }: NetworkError): string => (typeof code === "string" ? code : "");

/**
 * Whether the call can have reached the server. A connection that was never made carried nothing. A code alone does not
 * tell: EHOSTUNREACH, say, also ends connections over which the call had been sent.
 */
export function outcomeWithoutAnswer(thrown: unknown): CallOutcome {
  const chain = chainOf(thrown);
  if (chain.some((error) => BAD_CERTIFICATE.test(codeOf(error)))) return "refused";
  if (isBlockedPort(chain)) return "not_applied";
  const failed = chain.filter((error) => codeOf(error) !== "" && !(error instanceof AggregateError));
  const never = ({ syscall, code }: NetworkError): boolean =>
    syscall === "connect" || syscall === "getaddrinfo" || NEVER_CONNECTED.test(String(code));
  return failed.length > 0 && failed.every(never) ? "not_applied" : "unknown";
}

/** What is wrong with the certificate or the base URL, if that was the reason; `undefined` otherwise. */
export function codeWithoutAnswer(thrown: unknown): string | undefined {
  const chain = chainOf(thrown);
  if (isBlockedPort(chain)) return "blocked_port";
  const codes = chain.map(codeOf);
  if (codes.includes("ERR_SSL_WRONG_VERSION_NUMBER")) return "no_tls";
  const code = codes.find((one) => BAD_CERTIFICATE.test(one));
  if (code === undefined) return undefined;
  if (/^(?:CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/.test(code)) return "expired_certificate";
  return /ALTNAME|HOSTNAME_MISMATCH/.test(code) ? "certificate_of_another_host" : "untrusted_certificate";
}

/** The reason in a few words, not yet redacted. */
export function reasonWithoutAnswer(thrown: unknown, timeoutMs: number): string {
  const chain = chainOf(thrown);
  if (chain.some(({ name }) => name === "TimeoutError")) return `no answer within ${timeoutMs / 1000} s`;
  const told = chain.filter(({ message }) => message !== "").at(-1);
  if (told === undefined) return chain.map(codeOf).find((code) => code !== "") ?? "the connection broke";
  const message = (typeof told.reason === "string" ? told.reason : told.message).replace(ADVICE_OF_NODE, "");
  const code = codeOf(told);
  return message.includes(code) ? message : `${message} (${code})`;
}
