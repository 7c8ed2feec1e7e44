// What a fact about a server is, and what can be found out about it.
import type { Bench } from "./bench.ts";
import type { NotTried } from "./cannot-tell.ts";

/** The promises of this tool, by the names that they have in JSON. */
export const PROMISES = {
  never_grant_twice: "never grant twice",
  never_lose_usage: "never lose usage",
  plan_is_the_truth: "the plan is the truth",
} as const;
export type PromiseName = keyof typeof PROMISES;

/** One thing that this tool relies on. */
export interface Fact {
  /** Stable: scripts and documents name it. */
  readonly id: string;
  /** The promise that is weaker where the fact does not hold. */
  readonly promise: PromiseName;
  /** What is expected of the server, as a sentence. */
  readonly expected: string;
  /** What follows where it does not hold: what the tool does about it, and what the user should do. */
  readonly otherwise: string;
  /** Facts that it follows from: where one of them does not hold, this one is not tried. */
  readonly needs?: readonly string[];
  /** Whether it is tried without a customer. */
  readonly withoutCustomer?: true;
  /** Tries the fact. Throws when that is not possible. */
  readonly probe: (bench: Bench) => Promise<Finding>;
}

/** Facts that are about the same thing. */
export interface FactGroup {
  readonly title: string;
  readonly facts: readonly Fact[];
}

/** What was seen of a fact. */
export interface Finding {
  readonly holds: boolean;
  /** In words; may quote the server. */
  readonly seen: string;
  /** Which of several behaviours, all of them right, the server has. */
  readonly variant?: string;
}

export interface FactResult {
  readonly fact: Fact;
  readonly group: string;
  readonly verdict: "holds" | "does_not_hold" | "not_tried";
  /** What was seen, or why nothing was. */
  readonly seen: string;
  readonly variant: string | null;
  readonly notTried: NotTried | null;
}

export const verdict = (holds: boolean, seen: string, variant?: string): Finding => ({
  holds,
  seen,
  ...(variant === undefined ? {} : { variant }),
});
