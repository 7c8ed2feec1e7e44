// The id that `terraform import` is given.
import { DiagnosticError } from "./protocol/index.ts";

/** The balance that is to be imported. */
export interface ImportId {
  readonly customerId: string;
  /** The entity that holds it: servers without balances.list do not show its name. */
  readonly entityId: string | null;
  /** Our name of it, or the exact balance_id of somebody else's. */
  readonly name: string;
}

/**
 * `customer/balance_id`, or `{"customer_id": …, "balance_id": …, "entity_id": …}`.
 * @throws DiagnosticError when it is not understood
 */
export function readImportId(id: string): ImportId {
  const parsed = id.startsWith("{") ? readJson(id) : readPath(id);
  if (parsed) return parsed;
  throw new DiagnosticError("The import id is not understood", {
    detail:
      "Write customer_id/balance_id, such as acme/api_calls. Where the customer's id has a slash, or to name the " +
      'entity that holds the balance: {"customer_id": "a/b", "balance_id": "api_calls", "entity_id": "seat_1"}.',
  });
}

function readJson(text: string): ImportId | undefined {
  try {
    const { customer_id: customerId, balance_id: name, entity_id: entityId = null } = JSON.parse(text);
    const isEntity = entityId === null || (typeof entityId === "string" && entityId !== "");
    const isComplete = typeof customerId === "string" && typeof name === "string" && isEntity;
    return isComplete && customerId !== "" && name !== "" ? { customerId, entityId, name } : undefined;
  } catch {
    return undefined;
  }
}

function readPath(text: string): ImportId | undefined {
  const slash = text.indexOf("/");
  if (slash <= 0 || slash === text.length - 1) return undefined;
  const name = text.slice(slash + 1);
  // Our own names end in the entity, unless they are said to be otherwise.
  const at = name.lastIndexOf("@");
  return { customerId: text.slice(0, slash), entityId: at > 0 ? name.slice(at + 1) || null : null, name };
}

/** The id to import a balance by. */
export const importIdOf = (customerId: string, name: string): string =>
  customerId.includes("/") || customerId.startsWith("{")
    ? JSON.stringify({ customer_id: customerId, balance_id: name })
    : `${customerId}/${name}`;
