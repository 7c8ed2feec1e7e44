// The same balances for many customers.
import { Token } from "cdktf";
import { Construct } from "constructs";
import { defaultKey } from "../schema/index.ts";
import { quoted } from "../text/index.ts";
import { addBalance, defined } from "./add-balance.ts";
import type { Balance } from "./balance.ts";
import type { BalanceConfig } from "./balance-config.ts";
import { type ArgumentProblem, ConstructError } from "./problems.ts";

/** Who is granted what. */
export interface BalanceSetConfig extends Pick<BalanceConfig, "provider" | "dependsOn" | "lifecycle"> {
  /** Ids that are known when the app runs, since each makes constructs of its own. */
  readonly customerIds: readonly string[];
  /** What each of them is granted. */
  readonly balances: readonly Omit<BalanceConfig, "customerId">[];
}

/**
 * Grants the same set of balances to each of a list of customers, at `<id>/<customer>/<balance>`. A customer who
 * joins or leaves the list changes nothing for the others.
 *
 * @throws ConstructError when a customer or a balance is named twice, or is known only when Terraform runs, and when an
 * argument that has to be a list is not one
 * @example
 * const starter = new BalanceSet(this, "starter", {
 *   customerIds: ["acme", "globex"],
 *   balances: [{ featureId: "api_calls", included: 1_000, reset: { interval: "month" } }],
 * });
 */
export class BalanceSet extends Construct {
  /** All balances, customer by customer. */
  readonly balances: readonly Balance[];

  constructor(scope: Construct, id: string, config: BalanceSetConfig) {
    super(scope, id);
    const wrong = wrongLists(config);
    if (wrong.length > 0) throw new ConstructError(this.node.path, wrong);
    const { customerIds, balances, ...shared } = config;
    const names = balances.map(nameOf);
    const problems = [
      ...repeated("customerIds", customerIds, {
        unknown: "use a Balance, with forEach for a list",
        twice: "keep one",
      }),
      ...repeated("balances", names, {
        unknown: "give it a `balanceId`",
        twice: "keep one, or give it a `balanceId` of its own",
      }),
    ];
    if (problems.length > 0) throw new ConstructError(this.node.path, problems);
    this.balances = customerIds.flatMap((customerId) =>
      balances.map((balance, index) =>
        addBalance(this, customerId, names[index] ?? "", { ...defined(shared), ...defined(balance) }),
      ),
    );
  }
}

const nameOf = ({ balanceId, featureId, entityId }: Omit<BalanceConfig, "customerId">): string =>
  balanceId ?? defaultKey(featureId, entityId ?? null);

/** Arguments that are no lists, or lists of something else. Types prevent that in TypeScript, but not in JavaScript. */
function wrongLists(
  config: Partial<Record<keyof BalanceSetConfig, unknown>> | null | undefined,
): ArgumentProblem[] {
  const { customerIds, balances } = config ?? {};
  const isBalance = (one: unknown) => typeof one === "object" && one !== null;
  const found = [
    ...wrongItems("customerIds", customerIds, "text", (one) => typeof one === "string"),
    ...wrongItems("balances", balances, "an object of arguments", isBalance),
  ];
  return found.length > 0 ? found : ofOneCustomer(config ?? {}, balances as readonly object[]);
}

/** A customer of a single balance would be overlooked: all of them are for every customer of the list. */
function ofOneCustomer(config: object, balances: readonly object[]): ArgumentProblem[] {
  const message = "the customers of a set are those of customerIds";
  const hint = "leave it out, or use a Balance";
  return [["", config] as const, ...balances.map((one, at) => [`balances[${at}].`, one] as const)]
    .filter(([, given]) => "customerId" in given)
    .map(([path]) => ({ code: "unknown-field", argument: `${path}customerId`, message, hint }));
}

function wrongItems(
  list: string,
  items: unknown,
  what: string,
  isRight: (item: unknown) => boolean,
): ArgumentProblem[] {
  const hint = `write a list, each item ${what}`;
  if (Token.isUnresolved(items)) {
    const message = "it is known only when Terraform runs, but is part of constructs' paths";
    return [
      { code: "unknown-name", argument: list, message, hint: "use a Balance, with forEach for a list" },
    ];
  }
  if (!Array.isArray(items)) return [{ code: "not-a-list", argument: list, message: "it is no list", hint }];
  const at = items.findIndex((item) => !isRight(item));
  if (at === -1) return [];
  return [{ code: "not-a-list", argument: `${list}[${at}]`, message: `it is not ${what}`, hint }];
}

/** Names that are there twice, or that constructs cannot have. */
function repeated(
  list: string,
  names: readonly string[],
  hints: { readonly unknown: string; readonly twice: string },
): ArgumentProblem[] {
  const seen = new Set<string>();
  return names.flatMap((name, index) => {
    const argument = `${list}[${index}]`;
    if (Token.isUnresolved(name)) {
      const message = "its name is known only when Terraform runs, but is part of a construct's path";
      return [{ code: "unknown-name", argument, message, hint: hints.unknown }];
    }
    if (name === "") return [{ code: "bad-id", argument, message: "it is empty", hint: "write an id" }];
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [{ code: "twice", argument, message: `${quoted(name)} is in the list twice`, hint: hints.twice }];
  });
}
