// What is remembered beside a state, in bytes that Terraform keeps and never shows.

/** What was learned of a row when it was created; a row's creation never changes. */
export interface Birth {
  readonly remoteId: string;
  /** The grant that a reset goes back to, which lists do not show; null where it is not known. */
  readonly creationGrant: number | null;
  /**
   * The row of another name that was taken over. It is still to be ended where a replacement was interrupted, and each
   * time when a reset brings it back.
   */
  readonly adopted?: string;
}

const encoder = new TextEncoder();

export const bytesOf = (birth: Birth): Uint8Array => encoder.encode(JSON.stringify(birth));

export function birthOf(bytes: Uint8Array): Birth | null {
  const { remoteId, creationGrant, adopted } = parsed(bytes);
  if (typeof remoteId !== "string") return null;
  return {
    remoteId,
    creationGrant: typeof creationGrant === "number" ? creationGrant : null,
    ...(typeof adopted === "string" ? { adopted } : {}),
  };
}

/**
 * The bytes with what a read found: whether the row could be used, as a plan is told no more of how things were, and
 * the row that was taken over, if it is still there.
 */
export function bytesOfRead(
  bytes: Uint8Array,
  { isLive, adopted }: { readonly isLive: boolean; readonly adopted: string | null },
): Uint8Array {
  const { adopted: _, ...birth } = birthOf(bytes) ?? {};
  const taken = adopted === null ? {} : { remoteId: adopted, ...birth, adopted };
  return encoder.encode(JSON.stringify({ ...birth, ...taken, live: isLive }));
}

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
