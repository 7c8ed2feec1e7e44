// The provider as a construct: that of the bindings, except that no secret key can get into what is synthesized.
import { TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";
import { isNamespace, NAMESPACE_RULE } from "../schema/index.ts";
import { didYouMean, quoted } from "../text/index.ts";
import {
  type AutumnProviderConfig,
  AutumnProvider as BindingsProvider,
} from "./bindings/provider.generated.ts";
import { type ArgumentProblem, ConstructError, problemLines } from "./problems.ts";
import { writesSecret } from "./written-secret.ts";

/** The provider's own default. */
const DEFAULT_NAMESPACE = "terraform";

/**
 * How Autumn is reached. Every stack needs one. The secret key is read from AUTUMN_SECRET_KEY.
 *
 * @throws ConstructError when `secretKey` is not a token, such as that of a sensitive TerraformVariable: it would be
 * written to `cdktf.out`; and when `namespace` or `environment` cannot be one
 * @example
 * new AutumnProvider(this, "autumn", { namespace: "contracts", environment: "sandbox" });
 */
export class AutumnProvider extends BindingsProvider {
  constructor(scope: Construct, id: string, given: AutumnProviderConfig = {}) {
    const config = given ?? {};
    const wrong = argumentProblems(config);
    if (wrong.length > 0) throw new ConstructError(`${scope.node.path}/${id}`, wrong);
    const { secretKey } = config;
    const isWritten = secretKey !== undefined && !Token.isUnresolved(secretKey);
    const problems = [...(isWritten ? [SECRET_IN_FILES] : []), ...settingProblems(config)];
    if (problems.length > 0) throw new ConstructError(`${scope.node.path}/${id}`, problems);
    super(scope, id, config);
    // A token can contain the key or lead to it, and arguments can be set later: so this is checked at the synthesis.
    this.node.addValidation({
      validate: () => [
        ...(writesSecret(this, isProvider) ? problemLines([SECRET_IN_FILES]) : []),
        ...problemLines(
          settingProblems({
            namespace: this.namespaceInput,
            environment: this.environmentInput,
            baseUrl: this.baseUrlInput,
          }),
        ),
        ...this.#sharedNamespaces(),
      ],
    });
  }

  /** Two states with one namespace would manage each other's balances. */
  #sharedNamespaces(): string[] {
    const place = placeOf(this);
    if (place === null) return [];
    const others = this.node.root.node.findAll().filter((one) => one instanceof AutumnProvider);
    // Reported by the first of them, once.
    const same = others.filter(
      (one) => placeOf(one) === place && TerraformStack.of(one) !== TerraformStack.of(this),
    );
    return same
      .filter((one) => others.indexOf(this) < others.indexOf(one))
      .map((one) => {
        const namespace = this.namespaceInput ?? DEFAULT_NAMESPACE;
        return `${this.node.path} and ${one.node.path} have the same namespace, ${namespace}: give each stack its own`;
      });
  }
}

const isProvider = (construct: unknown): boolean => construct instanceof AutumnProvider;

/** The arguments' names: for each, the bindings have a getter that ends in `Input`. */
const ARGUMENTS = Object.getOwnPropertyNames(BindingsProvider.prototype)
  .filter((name) => name.endsWith("Input"))
  .map((name) => name.slice(0, -"Input".length));

/**
 * Unknown arguments. The bindings would ignore them, and so a guard that was meant; types prevent that in TypeScript
 * only.
 */
function argumentProblems(config: object): ArgumentProblem[] {
  return Object.entries(config).flatMap(([name, value]): ArgumentProblem[] => {
    if (!ARGUMENTS.includes(name)) {
      const meant = didYouMean(name, ARGUMENTS, { env: "environment", url: "baseUrl", key: "secretKey" });
      const hint = meant ? `did you mean ${meant}?` : `there are ${ARGUMENTS.join(", ")}`;
      const message = `${quoted(name)} is no argument of the provider`;
      return [{ code: "unknown-field", message, hint }];
    }
    if (value !== null) return [];
    return [
      { code: "empty", argument: name, message: "it is null", hint: "give it a value, or leave it out" },
    ];
  });
}

const SECRET_IN_FILES: ArgumentProblem = {
  code: "secret-in-files",
  argument: "secretKey",
  message: "the secret key would be written to cdktf.out",
  hint: "leave it out and set AUTUMN_SECRET_KEY, or pass a sensitive TerraformVariable",
};

interface Settings {
  readonly namespace?: string | undefined;
  readonly environment?: string | undefined;
  readonly baseUrl?: string | undefined;
}

function settingProblems({ namespace, environment, baseUrl }: Settings): ArgumentProblem[] {
  const problems: ArgumentProblem[] = [];
  const isKnown = (text: string | undefined): text is string =>
    text !== undefined && !Token.isUnresolved(text);
  if (isKnown(namespace) && !(typeof namespace === "string" && isNamespace(namespace))) {
    const message = `${quoted(String(namespace))} cannot be a namespace`;
    problems.push({ code: "bad-namespace", argument: "namespace", message, hint: NAMESPACE_RULE });
  }
  if (isKnown(environment) && environment !== "sandbox" && environment !== "live") {
    const message = `${quoted(String(environment))} is no environment`;
    problems.push({ code: "not-one-of", argument: "environment", message, hint: "write sandbox or live" });
  }
  if (isKnown(baseUrl) && !/\S/.test(baseUrl)) {
    const hint = "check the variable that it comes from, or leave it out";
    problems.push({ code: "base-url", argument: "baseUrl", message: "the base URL is blank", hint });
  }
  return problems;
}

/** Where its balances are; null when that is not known: without an `environment`, another key may lead elsewhere. */
function placeOf({ namespaceInput, environmentInput, baseUrlInput }: AutumnProvider): string | null {
  const parts = [namespaceInput ?? DEFAULT_NAMESPACE, environmentInput, baseUrlInput ?? ""];
  return environmentInput === undefined || parts.some(Token.isUnresolved) ? null : JSON.stringify(parts);
}
