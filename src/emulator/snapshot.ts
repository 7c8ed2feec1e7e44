// Everything the emulator knows, as one JSON value: for tests that go back, and for the state file.
import { isObject } from "./fields.ts";
import type { StoredState } from "./store.ts";

const VERSION = 1;

/** The emulator's state at one moment. Treat it as opaque: its shape changes with the version. */
export interface Snapshot extends StoredState {
  readonly version: typeof VERSION;
  /** Ms between the base clock and the emulator's. */
  readonly offsetMs: number;
  readonly idempotencyKeys: [string, number][];
}

export function makeSnapshot(state: StoredState, offsetMs: number, keys: [string, number][]): Snapshot {
  return { version: VERSION, offsetMs, ...state, idempotencyKeys: keys };
}

/** Checks that a value is a snapshot of this version. @throws TypeError when it is not. */
export function readSnapshot(value: unknown): Snapshot {
  const { version, features, customers, idempotencyKeys, nextSeq, offsetMs } = isObject(value)
    ? (value as Partial<Record<keyof Snapshot, unknown>>)
    : {};
  if (version !== VERSION) throw new TypeError(`snapshot: expected a snapshot of version ${VERSION}`);
  const complete =
    [features, customers, idempotencyKeys].every(Array.isArray) &&
    typeof nextSeq === "number" &&
    typeof offsetMs === "number";
  if (!complete) {
    throw new TypeError("snapshot: features, customers, idempotencyKeys, nextSeq or offsetMs is missing");
  }
  return value as Snapshot;
}
