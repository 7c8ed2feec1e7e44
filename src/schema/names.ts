// The names that entries and their owner have.

/** Letters, digits, `.`, `_` and `-`; never `:`, which ends the namespace in a balance_id. */
export const NAMESPACE_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";

/** What a namespace is, for messages. */
export const NAMESPACE_RULE =
  'letters, digits, ".", "_" and "-", starting with a letter or a digit, 64 at most';

const namespacePattern = new RegExp(NAMESPACE_PATTERN);

export const isNamespace = (text: string): boolean => namespacePattern.test(text);

/** Names a balance, by its key or its balance_id, among those of all customers. No id holds a control character. */
export const balanceName = (customerId: string, name: string): string => `${customerId}\u0000${name}`;
