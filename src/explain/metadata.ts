// What an entry says for people, where it says it: why it is there, whose it is, and from when on.
import type { DesiredBalance } from "../schema/index.ts";

/** Fields that are never sent to Autumn. Each may be missing. */
export interface EntryMetadata {
  readonly reason?: string | null;
  /** A URL or the id of a ticket. */
  readonly ticket?: string | null;
  readonly owner?: string | null;
  readonly protected?: boolean;
  /** ms since 1970: the entry counts from then on. */
  readonly startsAt?: number | null;
}

/** The metadata of an entry, without what it does not say. */
export function metadataOf(entry: DesiredBalance & EntryMetadata): EntryMetadata {
  const { reason, ticket, owner, protected: isProtected, startsAt } = entry;
  return {
    ...(typeof reason === "string" ? { reason } : {}),
    ...(typeof ticket === "string" ? { ticket } : {}),
    ...(typeof owner === "string" ? { owner } : {}),
    ...(isProtected === true ? { protected: true } : {}),
    ...(typeof startsAt === "number" ? { startsAt } : {}),
  };
}
