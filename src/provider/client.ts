// The provider's configuration, and what its operations work with.
import {
  AutumnClient,
  checkedBaseUrl,
  checkedSecretKey,
  DEFAULT_BASE_URL,
  environmentOfKey,
} from "../autumn/index.ts";
import { isNamespace, NAMESPACE_RULE, ProblemsError } from "../schema/index.ts";
import { Run } from "./claims.ts";
import { Balances } from "./engine.ts";
import { problemsError } from "./problems.ts";
import { type CtyObject, DiagnosticError, type Schema } from "./protocol/index.ts";
import { isUnknown } from "./values.ts";

export interface Client {
  readonly balances: Balances;
  /** What becomes of a row that is there already when a balance is to be created. */
  readonly onExisting: "adopt" | "error";
  /** Whether less may be granted than is used. */
  readonly force: boolean;
  readonly run: Run;
}

export const providerSchema = {
  description: "Balances of customers of Autumn.",
  attributes: {
    secret_key: {
      type: "string",
      optional: true,
      sensitive: true,
      description: "The secret key (`am_sk_test_…`, `am_sk_live_…`). Better set as AUTUMN_SECRET_KEY.",
    },
    base_url: {
      type: "string",
      optional: true,
      description: "Where Autumn is, if not at https://api.useautumn.com. Also AUTUMN_BASE_URL.",
    },
    allow_http: {
      type: "bool",
      optional: true,
      description:
        "Allow a `base_url` with `http://` to another machine, which sends the key unencrypted. Default: false.",
    },
    namespace: {
      type: "string",
      optional: true,
      description:
        "The owner's name, the first part of every balance_id in Autumn. Default: `terraform`. Each state needs " +
        "a namespace of its own: two states with one namespace would manage each other's balances.",
    },
    environment: {
      type: "string",
      optional: true,
      description: "`sandbox` or `live`: refuse a key of the other environment.",
    },
    requests_per_second: {
      type: "number",
      optional: true,
      description: "Calls per second of the limit shared with production traffic. Default: 80 % of it.",
    },
    max_retries: {
      type: "number",
      optional: true,
      description: "How often a call is sent again after a passing failure. Default: 5.",
    },
    on_existing: {
      type: "string",
      optional: true,
      description:
        "What to do when a balance to be created is there already in this namespace: `adopt` (default) takes it " +
        "over with a warning, `error` refuses and shows the import command.",
    },
    force: {
      type: "bool",
      optional: true,
      description: "Allow grants to be cut below what is used. Default: false.",
    },
  },
} as const satisfies Schema;

const refuse = (attribute: string, summary: string, detail: string): never => {
  throw new DiagnosticError(summary, { detail, path: [attribute] });
};

/**
 * A setting; `undefined` when it is left out. An empty one is refused: it comes from a variable that nobody has set.
 */
function text(config: CtyObject, name: string): string | undefined {
  const value = config[name];
  if (value === "")
    refuse(name, `${name} is empty`, "Check the variable that it comes from, or leave it out.");
  return typeof value === "string" ? value : undefined;
}

function number(config: CtyObject, name: string, least: number, isWhole = false): number | undefined {
  const value = config[name];
  if (value === null || value === undefined) return undefined;
  const n = Number(value.toString());
  if (!Number.isFinite(n) || n < least || (isWhole && !Number.isInteger(n)))
    refuse(name, `Invalid ${name}`, `It is a ${isWhole ? "whole " : ""}number from ${least} on.`);
  return n;
}

function choice<T extends string>(config: CtyObject, name: string, choices: readonly T[]): T | undefined {
  const value = text(config, name);
  if (value === undefined || choices.includes(value as T)) return value as T | undefined;
  return refuse(name, `Invalid ${name}`, `It is one of ${choices.join(", ")}.`);
}

/** Checks what can be checked while other settings are still unknown. */
export function validateConfiguration(config: CtyObject): void {
  const namespace = text(config, "namespace");
  if (namespace !== undefined && !isNamespace(namespace)) {
    refuse("namespace", "Invalid namespace", `It has ${NAMESPACE_RULE}.`);
  }
  for (const name of ["secret_key", "base_url"]) text(config, name);
  choice(config, "environment", ["sandbox", "live"]);
  choice(config, "on_existing", ["adopt", "error"]);
  if (!isUnknown(config.requests_per_second)) number(config, "requests_per_second", 0.1);
  if (!isUnknown(config.max_retries)) number(config, "max_retries", 0, true);
}

/** `null` while planning with a configuration that is not known yet: then nothing can be looked at. */
export function configure(config: CtyObject): Client | null {
  if (isUnknown(config)) return null;
  // What was not known when it was validated is known now.
  validateConfiguration(config);
  try {
    const given = text(config, "secret_key");
    const secretKey = checkedSecretKey(given ?? process.env.AUTUMN_SECRET_KEY, given && "secret_key");
    const written = text(config, "base_url");
    const baseUrl = checkedBaseUrl(written ?? process.env.AUTUMN_BASE_URL ?? DEFAULT_BASE_URL, {
      allowHttp: config.allow_http === true,
      allowHttpBy: "set allow_http = true in the provider",
      setBy: written === undefined ? "AUTUMN_BASE_URL" : "base_url",
    });
    const wanted = choice(config, "environment", ["sandbox", "live"]);
    const environment = environmentOfKey(secretKey);
    if (wanted !== undefined && environment !== null && wanted !== environment) {
      refuse(
        "environment",
        `The secret key is one of the ${environment} environment`,
        `environment = "${wanted}" refuses it.`,
      );
    }
    const requestsPerSecond = number(config, "requests_per_second", 0.1);
    const maxRetries = number(config, "max_retries", 0, true);
    const api = new AutumnClient({
      baseUrl,
      secretKey,
      ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
      ...(maxRetries === undefined ? {} : { maxRetries }),
    });
    const namespace = text(config, "namespace") ?? "terraform";
    return {
      balances: new Balances(api, { namespace, environment, baseUrl, clock: api.serverClock }),
      onExisting: choice(config, "on_existing", ["adopt", "error"]) ?? "adopt",
      force: config.force === true,
      run: new Run(),
    };
  } catch (error) {
    if (error instanceof ProblemsError) throw problemsError(error.problems);
    throw error;
  }
}

/** @throws DiagnosticError when the provider's configuration is not known */
export function clientOf(client: Client | null): Client {
  if (client !== null) return client;
  throw new DiagnosticError("The provider's configuration is not known yet", {
    detail:
      "Set secret_key and base_url to values that are known when planning, or by environment variables.",
  });
}
