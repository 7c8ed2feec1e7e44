// Kills of a run. A run that is killed leaves the server in the state it was in between two calls, so one run to
// the end shows them all: before a call's effect is after the effect of the one before.
import type { EmulatorOptions, Snapshot } from "../../src/emulator/index.ts";
import { World } from "./world.ts";

/** What a kill at some call leaves behind. */
export interface Remains {
  readonly at: string;
  readonly snapshot: Snapshot;
  readonly ms: number;
}

/** Runs to the end. @returns the different states in between, from the first to the last */
export async function statesDuring(world: World, run: () => Promise<unknown>): Promise<Remains[]> {
  const states = new Map<string, Remains>();
  let calls = 0;
  const note = (call: string): void => {
    const snapshot = world.emulator.snapshot();
    const { customers, idempotencyKeys } = snapshot;
    const name = JSON.stringify([customers, idempotencyKeys]);
    if (!states.has(name)) states.set(name, { at: call, snapshot, ms: world.ms });
  };
  const real = world.emulator.fetch;
  note("before everything");
  world.route = async (input, init) => {
    const answer = await real(input, init);
    note(`after call ${++calls}, ${new URL(String(input)).pathname}`);
    return answer;
  };
  await run();
  world.route = real;
  return [...states.values()];
}

/** The world as the kill left it. */
export function worldAt({ snapshot, ms }: Remains, options: EmulatorOptions): World {
  const world = new World(options);
  world.ms = ms;
  world.emulator.restore(snapshot);
  return world;
}

/**
 * Runs until the call for which `at` says so, and never goes on, as after `kill -9`.
 * @param at told the route, such as `balances.update`, and the body
 * @param effect whether the call that it is killed at still has its effect
 */
export async function killedAt(
  world: World,
  run: () => Promise<unknown>,
  at: (route: string, body: Record<string, unknown>) => boolean,
  effect: "with" | "without" = "with",
): Promise<void> {
  const real = world.emulator.fetch;
  const never = new Promise<never>(() => undefined);
  await new Promise<void>((resolve) => {
    let isDead = false;
    world.route = async (input, init) => {
      if (isDead) return never;
      const route = new URL(String(input)).pathname.replace("/v1/", "");
      const isLast = at(route, init?.body ? JSON.parse(String(init.body)) : {});
      if (isLast) isDead = true;
      const answer = isLast && effect === "without" ? undefined : await real(input, init);
      if (!isLast) return answer as Response;
      resolve();
      return never;
    };
    void run().then(() => resolve());
  });
  world.route = real;
}
