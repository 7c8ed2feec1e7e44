// Names of balances and of their owners.

/** Letters, digits, `.`, `_` and `-`; never `:`, which ends the namespace in a balance_id. */
export const NAMESPACE_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";

/** The rule for namespaces, for messages. */
export const NAMESPACE_RULE =
  'letters, digits, ".", "_" and "-", starting with a letter or a digit, 64 at most';

const namespacePattern = new RegExp(NAMESPACE_PATTERN);

export const isNamespace = (text: string): boolean => namespacePattern.test(text);

/**
 * A unique name of a balance among those of all customers, from its key or balance_id. No id holds a control character.
 */
export const balanceName = (customerId: string, name: string): string => `${customerId}\u0000${name}`;
