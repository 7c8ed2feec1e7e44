// Shards: the parts that a configuration too large for one run is worked on in, each by a run of its own. A hash of
// the customer's id decides. So shards never overlap, need no word of each other, and nobody moves from one to
// another because somebody else is added. Pure.
import { createHash } from "node:crypto";
import type { DesiredBalance, Limits } from "../schema/index.ts";
import { partOf } from "./amounts.ts";
import type { PlanRequest, Shard } from "./types.ts";

/** Bytes of the hash that count: as many as a number holds exactly. */
const BYTES = 6;

/**
 * Which of `count` shards a customer is in: 1 plus the first 48 bits of the SHA-256 of the id (in UTF-8), read as a
 * big-endian number, modulo `count`. It never changes, as runs of different versions may share the work.
 */
export function shardOf(customerId: string, count: number): number {
  return (createHash("sha256").update(customerId, "utf8").digest().readUIntBE(0, BYTES) % count) + 1;
}

/** Tells the customers of a shard; without one, every customer. */
export function membersOf(shard: Shard | null): (customerId: string) => boolean {
  if (shard === null || shard.count === 1) return () => true;
  return (customerId) => shardOf(customerId, shard.count) === shard.index;
}

/** What is asked for, as if there were no customers but those of its shard. */
export function withinShard(request: PlanRequest): PlanRequest {
  const { shard = null, balances, base = null } = request;
  if (shard === null) return request;
  const isMember = membersOf(shard);
  const within = (all: readonly DesiredBalance[]) => all.filter(({ customerId }) => isMember(customerId));
  return {
    ...request,
    balances: within(balances),
    base: base && { ...base, balances: within(base.balances) },
  };
}

/**
 * The part of the limits that one shard may use up, so that all of them together stay within what is said for the
 * whole. Percentages are the same of a part as of the whole.
 */
export function limitsOfShard(limits: Limits, shard: Shard | null): Limits {
  if (shard === null) return limits;
  const { count } = shard;
  return {
    ...limits,
    deletes: Math.floor(limits.deletes / count),
    replaces: Math.floor(limits.replaces / count),
    granted: new Map([...limits.granted].map(([featureId, units]) => [featureId, partOf(units, count)])),
  };
}
