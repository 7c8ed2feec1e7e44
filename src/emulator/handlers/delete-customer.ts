// customers.delete (docs; not recorded): the customer goes with everything it holds.
import { type Call, readCustomer } from "../call.ts";
import { invalidInputs } from "../errors.ts";

export function deleteCustomer(call: Call) {
  const id = call.fields.string("customer_id");
  // There is no newest customer here: whoever deletes has to name one
  if (id === "") throw invalidInputs("customer_id: must not be empty");
  call.fields.optionalBoolean("delete_in_stripe");
  call.store.removeCustomer(readCustomer(call, id));
  return { success: true };
}
