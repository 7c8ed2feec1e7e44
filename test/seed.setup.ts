// Property tests draw the same examples each time, so that a failure is always one of the change at hand.
// FAST_CHECK_SEED=random (or a number) draws others.
import fc from "fast-check";

const written = process.env.FAST_CHECK_SEED ?? "20261122";
if (written !== "random") fc.configureGlobal({ seed: Number(written) });
