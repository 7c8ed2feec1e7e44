// Storms: see storm.ts. STORM_SEEDS and STORM_FIRST make a longer one of it.
import { describe, expect, it } from "vitest";
import { LEVELS } from "../reconcile/world.ts";
import { type StormKind, storm } from "./storm.ts";

const SEEDS = Number(process.env.STORM_SEEDS ?? 200);
const FIRST = Number(process.env.STORM_FIRST ?? 0);
/**
 * A refund while a key was used looked like the addition that it kept from being made; and where a used key had kept
 * an update from being sent, what was used in the moment before it was set was lost.
 */
const ONCE_WRONG = [41_499, 61_489, 303_772];
/** Storms in one test. */
const SIZE = 25;
const KINDS: readonly StormKind[] = ["stacked", "late"];

describe.each(LEVELS)("after a storm, on a server of %s,", (level) => {
  const parts = Array.from({ length: Math.ceil(SEEDS / SIZE) }, (_, n) => FIRST + n * SIZE);

  it.each(ONCE_WRONG)("every balance is there once, and counts what was used: seed %i", async (seed) => {
    expect(await storm({ seed, level })).toEqual([]);
  });

  it("a refund of what is counted, before that takes effect late, is not taken back: seed 521", async () => {
    expect(await storm({ seed: 521, level, kind: "late" })).toEqual([]);
  });

  it.each(KINDS)("every balance is there once, and counts what was used: %s", async (kind) => {
    for (let seed = FIRST; seed < Math.min(FIRST + SIZE, FIRST + SEEDS); seed++) {
      expect(await storm({ seed, level, kind }), `seed ${seed}`).toEqual([]);
    }
  });

  it.each(parts)(
    "every balance is there once, and counts what was used: seeds from %i",
    {},
    async (first) => {
      for (let seed = first; seed < Math.min(first + SIZE, FIRST + SEEDS); seed++) {
        expect(await storm({ seed, level }), `seed ${seed}`).toEqual([]);
      }
    },
  );
});
