// The Idempotency-Key header. A key is claimed before the request is handled, whatever its route and body;
// the first answer is never replayed.
import { duplicateIdempotencyKey } from "./errors.ts";

const LIFETIME_MS = 24 * 3_600_000;
/** Expired keys are swept when this many are held. */
const SWEEP_AT = 50_000;

export class IdempotencyKeys {
  /** Key → the instant it expires. */
  readonly #keys = new Map<string, number>();

  /** Takes a key, or throws 409 duplicate_idempotency_key when it is taken. */
  claim(key: string, now: number): void {
    const expiresAt = this.#keys.get(key);
    if (expiresAt !== undefined && expiresAt > now) throw duplicateIdempotencyKey(key);
    if (this.#keys.size >= SWEEP_AT) this.#sweep(now);
    this.#keys.set(key, now + LIFETIME_MS);
  }

  /** Ends a request: the key stays taken after a success and after any 409, other failures free it. */
  settle(key: string, status: number): void {
    if (status >= 400 && status !== 409) this.#keys.delete(key);
  }

  dump(): [string, number][] {
    return [...this.#keys];
  }

  load(keys: readonly (readonly [string, number])[]): void {
    this.#keys.clear();
    for (const [key, expiresAt] of keys) this.#keys.set(key, expiresAt);
  }

  clear(): void {
    this.#keys.clear();
  }

  #sweep(now: number): void {
    for (const [key, expiresAt] of this.#keys) if (expiresAt <= now) this.#keys.delete(key);
  }
}
