// Arithmetic of one row: what it grants, what is used, whether a read shows it, and its reset.
import { exact, sum } from "./amounts.ts";
import { addMonths, advances, nextBoundary } from "./intervals.ts";
import type { Rollover, Row } from "./types.ts";

/** The current grant: what creation gave plus what updates moved (scenario update-grant-only). */
export function grantOf(row: Row): number {
  return exact(row.allowance + row.adjustment);
}

/** The grant with what was bought on top of it. */
export function fullGrantOf(row: Row): number {
  return exact(row.allowance + row.adjustment + row.prepaidGrant);
}

/**
 * Used so far. Nothing stores it: it is the grant minus what is left, so moving one of them moves usage. An
 * unlimited row has no grant; its balance goes below zero as it is used.
 */
export function usageOf(row: Row): number {
  return exact(row.unlimited ? -row.balance : fullGrantOf(row) - row.balance);
}

/** Bought rather than granted. Such a row can look standalone otherwise. */
export function isPaid(row: Row): boolean {
  return row.prepaidGrant > 0 || row.price !== null;
}

export function isExpired(row: Row, now: number): boolean {
  return row.expiresAt !== null && row.expiresAt <= now;
}

/**
 * Whether calls can find the row. A standalone row with exactly nothing left is hidden, and so is one that
 * has expired: such a row keeps its id but can be neither changed nor deleted (scenario read-drained).
 */
export function isLive(row: Row, now: number): boolean {
  if (isExpired(row, now)) return false;
  if (row.planId !== null || row.unlimited || row.featureType === "boolean") return true;
  return row.balance !== 0;
}

/** Rollovers that still count. */
export function liveRollovers(row: Row, now: number): Rollover[] {
  return row.rollovers.filter((rollover) => rollover.expiresAt === null || rollover.expiresAt > now);
}

/** A row whose interval goes nowhere: the real server never answers a read of its customer. */
export function hangsReads(row: Row): boolean {
  return row.nextResetAt !== null && row.interval !== "one_off" && !advances(row.interval, row.intervalCount);
}

/** The row as the database holds it, without usage that is only in the cache. */
export function storedView(row: Row): Row {
  if (!row.unstored) return row;
  return { ...row, balance: row.unstored.balance, rollovers: row.unstored.rollovers };
}

/** A due date for what is not stored by itself. */
const NEVER = Number.MAX_SAFE_INTEGER;

/**
 * Marks the row as changed in the cache only, until it is stored `delayMs` later. Call it before changing the
 * balance. What is used of an unlimited row stays in the cache until an update stores it.
 */
export function keepUntilStored(row: Row, delayMs: number, now: number): void {
  if (delayMs <= 0 && !row.unlimited) return;
  row.unstored ??= {
    dueAt: row.unlimited ? NEVER : now + delayMs,
    balance: row.balance,
    rollovers: row.rollovers.map((rollover) => ({ ...rollover })),
  };
}

/** Forgets usage that was not stored yet (scenario create-drops-unsynced-usage). */
export function dropUnstored(row: Row): void {
  if (!row.unstored) return;
  row.balance = row.unstored.balance;
  row.rollovers = row.unstored.rollovers;
  row.unstored = null;
}

/** Seats and one-off rows may have been given a reset date, but never reset. */
export function isResetDue(row: Row, now: number, afterMs: number): boolean {
  return (
    row.nextResetAt !== null &&
    row.nextResetAt + afterMs <= now &&
    row.interval !== "one_off" &&
    !isExpired(row, now)
  );
}

/**
 * Starts the row's next period: the grant goes back to the one given at creation (scenario
 * reset-reverts-grant), what was left is carried over when the row says so, and the boundary moves on by
 * whole intervals until it is in the future.
 */
export function resetRow(row: Row, now: number, newId: () => string): void {
  const boundary = row.nextResetAt;
  if (boundary === null) return;
  row.unstored = null;
  row.rollovers = carriedOver(row, boundary, now, newId);
  row.balance = exact(row.allowance + row.prepaidGrant);
  row.adjustment = 0;
  row.nextResetAt = nextBoundary(boundary, row.interval, row.intervalCount, now);
}

function carriedOver(row: Row, boundary: number, now: number, newId: () => string): Rollover[] {
  const kept = liveRollovers(row, now);
  const terms = row.rollover;
  if (!terms) return kept;
  const expiresAt = terms.duration === "forever" ? null : addMonths(boundary, terms.length);
  if (row.balance > 0 && (expiresAt === null || expiresAt > now)) {
    kept.push({ id: newId(), balance: row.balance, usage: 0, expiresAt });
  }
  const max =
    terms.max_percentage === null
      ? terms.max
      : Math.floor(exact((row.allowance * terms.max_percentage) / 100));
  return max === null ? kept : within(kept, max);
}

/** Cuts rollovers down to `max` in total, those that expire first go first. */
function within(rollovers: Rollover[], max: number): Rollover[] {
  const ordered = [...rollovers].sort(bySoonestExpiry);
  let excess = exact(sum(ordered.map((rollover) => rollover.balance)) - max);
  for (const rollover of ordered) {
    if (excess <= 0) break;
    const cut = Math.min(excess, rollover.balance);
    rollover.balance = exact(rollover.balance - cut);
    excess = exact(excess - cut);
  }
  return ordered.filter((rollover) => rollover.balance !== 0);
}

/** Orders rollovers by expiry, those that never expire last. */
export function bySoonestExpiry(a: Rollover, b: Rollover): number {
  return (a.expiresAt ?? Number.POSITIVE_INFINITY) - (b.expiresAt ?? Number.POSITIVE_INFINITY) || 0;
}
