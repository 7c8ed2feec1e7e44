// Names of constructs that are made from data: the same for the same balance, in whatever order the data is.
import { createHash } from "node:crypto";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { Balance } from "./balance.ts";
import type { BalanceConfig } from "./balance-config.ts";
import { literal } from "./literal.ts";

const hex = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");

/**
 * A construct's name for an id. Everything but letters, digits and a few marks becomes the hexadecimal digits of its
 * bytes, so that no two ids share a name. So does the first letter of a name that every object has, such as `toString`:
 * a construct keeps its children in a plain object.
 */
const nameOf = (id: string): string =>
  id in Object.prototype ? hex(id.slice(0, 1)) + id.slice(1) : id.replaceAll(/[^\w.@:-]/gu, hex);

/** How many characters of an address are readable; the rest is a hash. */
const READABLE_LENGTH = 100;

/**
 * Adds a balance at `scope/customer/key`. Its address depends on these three alone, and not on the order of balances.
 */
export function addBalance(
  scope: Construct,
  customerId: string,
  key: string,
  config: Omit<BalanceConfig, "customerId">,
): Balance {
  const customer = childOf(scope, nameOf(customerId));
  const all: BalanceConfig = { ...config, customerId: literal(customerId) };
  const balance = new Balance(customer, nameOf(key), all);
  balance.overrideLogicalId(addressOf(scope, customerId, key));
  return balance;
}

const childOf = (scope: Construct, id: string): Construct =>
  (scope.node.tryFindChild(id) as Construct | undefined) ?? new Construct(scope, id);

/**
 * An address of our own: the stack's has a hash of 32 bits, which may be the same for two customers of a large file.
 */
function addressOf(scope: Construct, customerId: string, key: string): string {
  const stack = TerraformStack.of(scope);
  const path = scope.node.scopes.slice(stack.node.scopes.length).map(({ node }) => node.id);
  const hash = createHash("sha256")
    .update(JSON.stringify([...path, customerId, key]))
    .digest("hex");
  const readable = [...path, customerId, key]
    .map((part) => part.replaceAll(/[^\w-]/g, ""))
    .filter((part) => part !== "")
    .join("_")
    .slice(0, READABLE_LENGTH);
  return `${/^[A-Za-z_]/.test(readable) ? "" : "_"}${readable}_${hash.slice(0, 16)}`;
}

/** Without undefined values: spread over another object, they would hide its values of the same name. */
export const defined = <T extends object>(config: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
