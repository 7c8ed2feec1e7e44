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

/** The bytes with a note whether the row could be used when Terraform read it: of how things were, a plan is told no more. */
export const bytesOfRead = (bytes: Uint8Array, isLive: boolean): Uint8Array =>
  encoder.encode(JSON.stringify({ ...birthOf(bytes), live: isLive }));

export const wasLive = (bytes: Uint8Array): boolean => parsed(bytes).live === true;

/**
 * Tells the apply that a resource is destroyed and that nothing replaces it at its address. Nothing else in the apply's
 * request says so.
 */
export const bytesOfRemoval = (bytes: Uint8Array): Uint8Array =>
  encoder.encode(JSON.stringify({ ...birthOf(bytes), removed: true }));

export const isRemoval = (bytes: Uint8Array): boolean => parsed(bytes).removed === true;

/**
 * The bytes without the note of a removal that was planned and not made. Never empty: that tells the second plan of a
 * replacement from a creation.
 */
export const bytesToKeep = (bytes: Uint8Array): Uint8Array =>
  encoder.encode(JSON.stringify({ ...birthOf(bytes) }));

const parsed = (bytes: Uint8Array): Partial<Birth> & { live?: unknown; removed?: unknown } =>
  bytes.length === 0 ? {} : JSON.parse(new TextDecoder().decode(bytes));
