// Names of constructs that are made from data: the same for the same balance, wherever it stands.
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
 * bytes, so that no two ids have one name; as does the start of what every object has by itself, such as `toString`,
 * since a construct keeps its children in one.
 */
const nameOf = (id: string): string =>
  id in Object.prototype ? hex(id.slice(0, 1)) + id.slice(1) : id.replaceAll(/[^\w.@:-]/gu, hex);

/** Letters of an address that people read; the rest of it is a hash. */
const READABLE_LENGTH = 100;

/**
 * Adds a balance below `scope/customer/key`. Its address depends on these three alone, and not on where among others
 * it stands.
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

/** Of its own, as that of the stack has a hash of 32 bits, in which the customers of a large file may meet. */
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

/** Without what is undefined, which would hide what the same name means elsewhere. */
export const defined = <T extends object>(config: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
