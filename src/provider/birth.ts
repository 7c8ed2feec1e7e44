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
  if (bytes.length === 0) return null;
  const { remoteId, creationGrant } = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Birth>;
  if (typeof remoteId !== "string") return null;
  return { remoteId, creationGrant: typeof creationGrant === "number" ? creationGrant : null };
}
