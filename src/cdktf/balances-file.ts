// balances.yaml as a construct.
import { isDeepStrictEqual } from "node:util";
import { Annotations, TerraformStack, Token } from "cdktf";
import { Construct } from "constructs";
import { type LoadedConfig, loadConfigSync } from "../config/index.ts";
import {
  DEFAULT_LIMITS,
  type DesiredBalance,
  type Environment,
  type Limits,
  ProblemsError,
  type Rollover,
} from "../schema/index.ts";
import { quoted } from "../text/index.ts";
import { addBalance, defined } from "./add-balance.ts";
import type { Balance } from "./balance.ts";
import type { BalanceConfig, Rollover as BalanceRollover } from "./balance-config.ts";
import { literal } from "./literal.ts";
import { type ArgumentProblem, ConstructError } from "./problems.ts";
import { AutumnProvider } from "./provider.ts";

/** Where the balances are declared, and arguments that each of them gets. */
export interface BalancesFileConfig extends Pick<BalanceConfig, "provider" | "dependsOn" | "lifecycle"> {
  /**
   * A file, a folder (its .yaml, .yml and .json files) or a glob, relative to the working folder of the app. Left out:
   * `balances.yaml`, else the folder `balances`.
   */
  readonly path?: string;
}

/**
 * The balances of a file, one `Balance` for each entry, at `<id>/<customer>/<balance>`. Their order in the file changes
 * nothing. The namespace is that of the provider; pass it `namespace` to use that of the file.
 *
 * @throws ConstructError with everything that is wrong in the file, by line and column
 * @example
 * const file = new BalancesFile(this, "contracts", { path: "balances.yaml" });
 * new TerraformOutput(this, "acme", { value: file.balance("acme", "api_calls").remoteId });
 */
export class BalancesFile extends Construct {
  /** The `namespace` of the file. */
  readonly namespace: string;
  /** The `environment` of the file; undefined where it names none. */
  readonly environment: Environment | undefined;
  /** All balances, in the order of the file. */
  readonly balances: readonly Balance[];

  readonly #byName = new Map<string, Balance>();

  constructor(scope: Construct, id: string, config: BalancesFileConfig = {}) {
    super(scope, id);
    const { path, provider, dependsOn, lifecycle, ...others } = config ?? {};
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) throw new ConstructError(this.node.path, [noArgument(unknown)]);
    if (path !== undefined && !(typeof path === "string" && /\S/.test(path)))
      throw new ConstructError(this.node.path, [BLANK_PATH]);
    const shared = defined({ provider, dependsOn, lifecycle });
    const loaded = load(this, path);
    this.namespace = loaded.namespace;
    this.environment = loaded.environment ?? undefined;
    this.balances = loaded.balances.map((desired) => {
      const { customerId, key, adopt } = desired;
      refuseTokens(this, desired);
      refuseStarts(this, desired);
      const guarded = desired.isProtected ? { lifecycle: { ...lifecycle, preventDestroy: true } } : {};
      const balance = addBalance(this, customerId, key, { ...configOf(desired), ...shared, ...guarded });
      if (adopt !== null) balance.importFrom(importIdOf(desired, adopt), provider);
      this.#byName.set(JSON.stringify([customerId, key]), balance);
      return balance;
    });
    this.#warnOfWhatTerraformIgnores(loaded);
    this.node.addValidation({ validate: () => this.#otherEnvironment(provider) });
  }

  /**
   * The balance of an entry.
   *
   * @param name its `id`, else its feature, with `@` and the entity where it has one
   * @throws ConstructError when the file has no such entry
   */
  balance(customerId: string, name: string): Balance {
    const found = this.#byName.get(JSON.stringify([customerId, name]));
    if (found) return found;
    throw new ConstructError(this.node.path, [
      {
        code: "no-such-balance",
        message: `the file has no balance ${JSON.stringify(name)} of ${JSON.stringify(customerId)}`,
        hint: "its name is its `id`, else its feature, with `@` and the entity where it has one",
      },
    ]);
  }

  #warnOfWhatTerraformIgnores({ createCustomers, limits, retire, declaredGroups = [] }: LoadedConfig): void {
    const ignored = [
      createCustomers ? "create_customers" : "",
      retire === "delete" ? "retire" : "",
      sameLimits(limits) ? "" : "limits",
    ].filter((name) => name !== "");
    for (const name of ignored) {
      Annotations.of(this).addWarning(
        `\`${name}\` of the file has no effect here: Terraform has no such thing`,
      );
    }
    if (declaredGroups.some(({ whenTheyLeave }) => whenTheyLeave === "keep")) {
      Annotations.of(this).addWarning(
        "`when_they_leave: keep` of the file has no effect here: Terraform ends the balance of a customer who leaves the group",
      );
    }
  }

  /** A file for the sandbox must not be granted live because the key happens to be a live one. */
  #otherEnvironment(provider: BalancesFileConfig["provider"]): string[] {
    if (this.environment === undefined) return [];
    // Without a provider of their own, balances use the one without an alias.
    const inStack = TerraformStack.of(this).node.findAll().filter(isProvider);
    const providers = provider ? [provider] : inStack.filter(({ alias }) => alias === undefined);
    return providers
      .filter(isProvider)
      .flatMap(({ environmentInput, node }) =>
        environmentInput === this.environment || Token.isUnresolved(environmentInput)
          ? []
          : [
              `the file says \`environment: ${this.environment}\`: give ${node.path} \`environment: "${this.environment}"\`, so that it refuses any other key`,
            ],
      );
  }
}

const isProvider = (construct: unknown): construct is AutumnProvider => construct instanceof AutumnProvider;

/** A blank path is an error: taken as left out, it would mean another file. */
const BLANK_PATH: ArgumentProblem = {
  code: "bad-path",
  argument: "path",
  message: "it is blank, or no text",
  hint: "check the variable that it comes from, or leave it out",
};

const noArgument = (name: string): ArgumentProblem => ({
  code: "unknown-field",
  message: `${quoted(name)} is no argument of a balances file`,
  hint: "there are path, provider, dependsOn and lifecycle",
});

/** Text of a file is literal. CDKTF would fill in what looks like one of its tokens. */
function refuseTokens(file: BalancesFile, desired: DesiredBalance): void {
  const { customerId, featureId, entityId, key, adopt, place } = desired;
  const wrong = [customerId, featureId, entityId, key, adopt].find((text) => Token.isUnresolved(text));
  if (wrong === undefined) return;
  const message = "an id has the form of a mark that CDKTF fills in";
  const problem = { code: "token-in-file", message, hint: "write the id as it is in Autumn" };
  throw new ConstructError(file.node.path, [{ ...problem, ...(place ? { place } : {}) }]);
}

/** Terraform creates what is declared when it is applied: what is declared may not depend on the time of the synthesis. */
function refuseStarts(file: BalancesFile, { startsAt, phases, place }: DesiredBalance): void {
  if (startsAt === undefined && phases === undefined) return;
  const field = phases === undefined ? "starts_at" : "phases";
  const message = `\`${field}\` has no place in Terraform, which creates whatever is declared`;
  const hint =
    "move the entry to a file of another namespace, and let `autumn-balances apply` read that one every night";
  throw new ConstructError(file.node.path, [
    { code: "starts-later", message, hint, ...(place ? { place } : {}) },
  ]);
}

function load(file: BalancesFile, path: string | undefined): LoadedConfig {
  try {
    return loadConfigSync(path === undefined ? [] : [path]);
  } catch (error) {
    if (error instanceof ProblemsError) throw new ConstructError(file.node.path, error.problems);
    throw error;
  }
}

/** Arguments that declare the same. */
function configOf(desired: DesiredBalance): Omit<BalanceConfig, "customerId"> {
  const { featureId, entityId, included, unlimited, reset, expiresAt, rollover, nextResetAt } = desired;
  return {
    featureId: literal(featureId),
    ...(entityId === null ? {} : { entityId: literal(entityId) }),
    balanceId: literal(desired.key),
    ...(included === null ? {} : { included }),
    ...(unlimited ? { unlimited } : {}),
    ...(reset === null ? {} : { reset }),
    ...(expiresAt === null ? {} : { expiresAt }),
    ...(rollover === null ? {} : { rollover: rolloverConfig(rollover) }),
    ...(nextResetAt === null ? {} : { nextResetAt }),
  };
}

const rolloverConfig = ({ max, maxPercentage, length, duration }: Rollover): BalanceRollover => ({
  ...(max === null ? {} : { max }),
  ...(maxPercentage === null ? {} : { maxPercentage }),
  ...(duration === "forever" ? {} : { length }),
  duration,
});

/** The row that is taken over, and the name it is to have here. */
const importIdOf = ({ customerId, entityId, key }: DesiredBalance, balanceId: string): string =>
  literal(
    JSON.stringify({
      customer_id: customerId,
      balance_id: balanceId,
      name: key,
      ...(entityId === null ? {} : { entity_id: entityId }),
    }),
  );

const sameLimits = (limits: Limits): boolean => isDeepStrictEqual(limits, DEFAULT_LIMITS);
