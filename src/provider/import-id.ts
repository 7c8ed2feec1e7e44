// The id that `terraform import` is given.
import { DiagnosticError } from "./protocol/index.ts";

/**
 * `customer/balance_id`, or for ids with a slash `{"customer_id": …, "balance_id": …}`.
 * @throws DiagnosticError when it is not understood
 */
export function readImportId(id: string): { customerId: string; name: string } {
  const wrong = (): never => {
    throw new DiagnosticError("The import id is not understood", {
      detail:
        "Write customer_id/balance_id, such as acme/api_calls. Where the customer's id has a slash: " +
        '{"customer_id": "a/b", "balance_id": "api_calls"}.',
    });
  };
  if (id.startsWith("{")) {
    try {
      const { customer_id: customerId, balance_id: name } = JSON.parse(id);
      return typeof customerId === "string" && typeof name === "string" ? { customerId, name } : wrong();
    } catch {
      return wrong();
    }
  }
  const slash = id.indexOf("/");
  return slash > 0 && slash < id.length - 1
    ? { customerId: id.slice(0, slash), name: id.slice(slash + 1) }
    : wrong();
}

/** The id to import a balance by. */
export const importIdOf = (customerId: string, name: string): string =>
  customerId.includes("/") || customerId.startsWith("{")
    ? JSON.stringify({ customer_id: customerId, balance_id: name })
    : `${customerId}/${name}`;
