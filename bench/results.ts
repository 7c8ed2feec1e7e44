// The results that docs/benchmarks.md is written from, in docs/benchmarks.json: each benchmark writes its own part.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { resolve } from "node:path";

export const RESULTS = resolve(import.meta.dirname, "../docs/benchmarks.json");

/** Where and when a part was measured. */
export interface Conditions {
  /** Such as `2026-11-26`. */
  readonly date: string;
  readonly node: string;
  readonly cores: number;
}

/** One process, from its start to its end. */
export interface RunResult {
  readonly seconds: number;
  /** Its exit code; null when it was killed. */
  readonly code: number | null;
  readonly calls: number;
  /** Calls that were answered 429. */
  readonly refused: number;
}

/** What customers used, and what Autumn counts. */
export interface UsageResult {
  readonly used: number;
  readonly counted: number;
  readonly wrongCustomers: number;
  /** Who was looked at. */
  readonly customers: number;
}

/** What became of one peer. Parts that were not tried are null. */
export interface PeerResult {
  readonly id: string;
  /** In Markdown. */
  readonly name: string;
  readonly first: RunResult & { readonly granted: number };
  readonly second: (RunResult & { readonly grantedTwice: number; readonly usage: UsageResult }) | null;
  /** A create takes effect and is answered 502; if the run fails, it is started again. */
  readonly lost: {
    readonly code: number | null;
    /** Null when it was not started again, or was killed. */
    readonly again: number | null;
    readonly customers: number;
    readonly missing: number;
    readonly grantedTwice: number;
  };
  /** The run after the one that was killed. */
  readonly killed:
    | (RunResult & { readonly customers: number; readonly missing: number; readonly grantedTwice: number })
    | null;
  readonly raise:
    | (RunResult & {
        /** How many customers have the new grant, at once and in the next cycle. */
        readonly raised: number;
        readonly raisedAfterReset: number;
        readonly usage: UsageResult;
      })
    | null;
}

export interface PeersPart extends Conditions {
  readonly sdk: string;
  readonly terraform: string;
  readonly customers: number;
  readonly raised: number;
  readonly included: number;
  readonly raisedTo: number;
  /** ms that each call takes before it is handled. */
  readonly latencyMs: number;
  readonly peers: readonly PeerResult[];
}

/** One phase of a run in simulated time. */
export interface ScaleStep {
  /** Simulated. */
  readonly seconds: number;
  /** Real CPU time, including that of the emulator in the same process. */
  readonly cpuSeconds: number;
  readonly calls: number;
  /** Of the calls, those that count against the limit of the whole organisation. */
  readonly paced: number;
  readonly refused: number;
  /** The most MB of memory that the process has had so far. */
  readonly mostMb: number;
}

export interface ScaleResult {
  readonly balances: number;
  readonly customers: number;
  readonly load: ScaleStep;
  readonly plan: ScaleStep;
  /** What the plan said applying takes. */
  readonly estimate: { readonly calls: number; readonly ms: number };
  /** Null where it was not tried. */
  readonly apply: ScaleStep | null;
  /** A plan with nothing left to do. */
  readonly again: ScaleStep | null;
}

export interface ScalePart extends Conditions {
  readonly latencyMs: number;
  readonly sizes: readonly ScaleResult[];
}

export interface PaceResult {
  readonly creates: number;
  /** The pace, in calls. */
  readonly perSecond: number;
  readonly seconds: number;
  /** Seconds of as many calls at exactly the pace. */
  readonly ideal: number;
  readonly refused: number;
}

/** Calls that count against the limit of the whole organisation. */
export interface BesideSecond {
  readonly ours: number;
  readonly theirs: number;
  readonly theirsRefused: number;
}

export interface BesideResult {
  /** Calls a second of another client. */
  readonly theirPace: number;
  /** Seconds from the start at which it begins and ends. */
  readonly comes: number;
  readonly goes: number;
  readonly theirs: number;
  readonly theirsRefused: number;
  readonly refused: number;
  /** Our calls a second beside it, once it has been noticed. */
  readonly oursBeside: number;
  readonly seconds: readonly BesideSecond[];
}

interface Cost {
  readonly calls: number;
  readonly seconds: number;
}

export interface EstimateResult {
  readonly what: "creates" | "updates" | "replacements";
  readonly count: number;
  readonly latencyMs: number;
  readonly estimated: Cost;
  readonly took: Cost;
}

export interface PacingPart extends Conditions {
  readonly paces: readonly PaceResult[];
  readonly beside: BesideResult;
  readonly estimates: readonly EstimateResult[];
}

export interface Results {
  readonly pacing: PacingPart;
  readonly peers: PeersPart;
  readonly scale: ScalePart;
}

export const readResults = (): Results => JSON.parse(readFileSync(RESULTS, "utf8")) as Results;

/** Replaces some parts. */
export function writeResults(parts: Partial<Results>): void {
  const results: Partial<Results> = { ...readResults(), ...parts };
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
}

export const conditions = (): Conditions => ({
  date: new Date().toISOString().slice(0, 10),
  node: process.versions.node,
  cores: cpus().length,
});
