// What is remembered beside a state, in bytes that Terraform keeps and never shows.

/** What was learned of a row when it was created; a row's creation never changes. */
export interface Birth {
  readonly remoteId: string;
  /** The grant that a reset goes back to, which lists do not show; null where it is not known. */
  readonly creationGrant: number | null;
}

const encoder = new TextEncoder();

export const bytesOf = (birth: Birth): Uint8Array => encoder.encode(JSON.stringify(birth));

export function birthOf(bytes: Uint8Array): Birth | null {
  const { remoteId, creationGrant } = parsed(bytes);
  if (typeof remoteId !== "string") return null;
  return { remoteId, creationGrant: typeof creationGrant === "number" ? creationGrant : null };
}

/**
 * What a plan hands to the apply about a resource that is destroyed and that nothing replaces at its address: no
 * other part of the apply tells.
 */
export const bytesOfRemoval = (bytes: Uint8Array): Uint8Array =>
  encoder.encode(JSON.stringify({ ...birthOf(bytes), removed: true }));

export const isRemoval = (bytes: Uint8Array): boolean => parsed(bytes).removed === true;

/** The bytes without what the plan of a removal that came to nothing added to them. There are always some. */
export const bytesToKeep = (bytes: Uint8Array): Uint8Array =>
  encoder.encode(JSON.stringify({ ...birthOf(bytes) }));

const parsed = (bytes: Uint8Array): Partial<Birth> & { removed?: unknown } =>
  bytes.length === 0 ? {} : JSON.parse(new TextDecoder().decode(bytes));
