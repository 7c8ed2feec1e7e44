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
