// Shards: the parts of a configuration that is too large for one run, each worked on by a run of its own. A hash of the
// customer's id decides which shard a customer is in. So shards never overlap, need no coordination, and adding a
// customer moves no other. Pure.
import { createHash } from "node:crypto";
import type { DesiredBalance, Limits } from "../schema/index.ts";
import { partOf } from "./amounts.ts";
import type { PlanRequest, Shard } from "./types.ts";

/** Bytes of the hash that are used: as many as a number holds exactly. */
const BYTES = 6;

/**
 * Which of `count` shards a customer is in: 1 plus the first 48 bits of the SHA-256 of the id (in UTF-8), read as a
 * big-endian number, modulo `count`. This must never change, as runs of different versions may share the work.
 */
export function shardOf(customerId: string, count: number): number {
  return (createHash("sha256").update(customerId, "utf8").digest().readUIntBE(0, BYTES) % count) + 1;
}

/** A predicate for the customers of a shard; without a shard, for every customer. */
export function membersOf(shard: Shard | null): (customerId: string) => boolean {
  if (shard === null || shard.count === 1) return () => true;
  return (customerId) => shardOf(customerId, shard.count) === shard.index;
}

/** The request, narrowed to the customers of its shard. */
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
 * One shard's part of the limits, so that all shards together stay within the whole. Counts and amounts (in units) are
 * divided and rounded down; percentages stay as they are.
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
