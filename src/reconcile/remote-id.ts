// Ownership is written in the API itself: the balance_id of a row of ours is `<namespace>:<key>`, and
// `<namespace>:<key>~2`, `~3` … for the generations that succeed it.

const GENERATION = /^(.+)~([2-9]|[1-9]\d{1,8})$/s;

/** @param generation from 1 */
export function remoteId(namespace: string, key: string, generation = 1): string {
  return generation === 1 ? `${namespace}:${key}` : `${namespace}:${key}~${generation}`;
}

/** Key and generation of a balance_id; `undefined` if it is not of this namespace. */
export function parseRemoteId(
  namespace: string,
  balanceId: string | null,
): { key: string; generation: number } | undefined {
  if (balanceId === null || !balanceId.startsWith(`${namespace}:`)) return undefined;
  const name = balanceId.slice(namespace.length + 1);
  if (name === "") return undefined;
  // Hardly any name has a `~`, and this runs for every row.
  if (!name.includes("~")) return { key: name, generation: 1 };
  const match = GENERATION.exec(name);
  if (!match?.[1] || !match[2]) return { key: name, generation: 1 };
  return { key: match[1], generation: Number(match[2]) };
}
