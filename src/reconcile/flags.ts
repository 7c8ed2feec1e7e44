// Who shares the flag of a boolean feature.

/**
 * Whether a flag that one holder has is on for the other as well: an entity has what its customer has, and the server
 * counts for the customer what any entity has.
 * @param a the entity that holds it; neither set for the customer as a whole
 * @param b the same
 */
export const shareFlag = (a: string | null | undefined, b: string | null | undefined): boolean =>
  a == null || b == null || a === b;
