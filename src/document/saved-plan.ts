// The content of a saved plan, and how long it is valid.
import { createHash } from "node:crypto";
import type { Plan, Refusal } from "../reconcile/index.ts";
import type { DesiredBalance } from "../schema/index.ts";
import { documentOf, FORMAT_VERSION, flag, instant, list, nullable, oneOf, text } from "./codec.ts";
import { desired } from "./parts.ts";
import { planDocument } from "./plan.ts";

/** Changes when the meaning of existing content changes. */
export const SAVED_FORMAT = FORMAT_VERSION;
export const TOOL = "autumn-balances";

/** A plan, and what is needed to make it again. */
export interface SavedPlan {
  /** A random id of this plan, which is applied only once. */
  readonly id: string;
  /** As `--version` prints it. */
  readonly toolVersion: string;
  readonly plan: Plan;
  /** What kept the plan from being applied when it was made. */
  readonly refusals: readonly Refusal[];
  /** All entries of the customers that the plan changes. */
  readonly balances: readonly DesiredBalance[];
  readonly createCustomers: boolean;
  /** When its apply began, in ms since 1970; `null` when it has not. */
  readonly appliedAt: number | null;
}

/**
 * ms for which a plan can be applied. Autumn remembers by an idempotency key that it was applied, and keeps keys for 24
 * hours; an hour is left for clocks that differ.
 */
const LIFETIME_MS = 23 * 3_600_000;
/** ms by which the clock of the machine that applies may be behind. */
const CLOCKS_DIFFER_MS = 300_000;

/** The idempotency key that marks in Autumn that the apply of a plan has begun. */
export const claimKeyOf = ({ id }: SavedPlan): string =>
  `autumn-balances-plan-${createHash("sha256").update(id).digest("base64url")}`;

/**
 * Until when a plan can be applied, in ms since 1970, and whether it can be applied now.
 * @param now ms since 1970
 */
export function lifetimeOf(
  { plan }: SavedPlan,
  now: number,
): { until: number; state: "valid" | "over" | "to-come" } {
  const until = plan.madeAt + LIFETIME_MS;
  if (now >= until) return { until, state: "over" };
  return { until, state: now < plan.madeAt - CLOCKS_DIFFER_MS ? "to-come" : "valid" };
}

export const savedPlanDocument = documentOf(
  "saved_plan",
  "A plan that can be applied once: the file that `plan --out` writes. Altering it makes it invalid.",
  {
    tool: oneOf([TOOL]),
    toolVersion: text.describe("The version that made it; no other version applies it."),
    id: text.describe("Unique to this plan; Autumn knows by it that the plan was applied."),
    keyId: text.describe("Tells secret keys apart, and reveals nothing else about them."),
    expiresAt: instant.describe("Until when it can be applied."),
    appliedAt: nullable(instant).describe(
      "When its apply began; null if it has not. Other copies of the file do not show it.",
    ),
    createCustomers: flag.describe("Whether customers that do not exist are created."),
    entries: list(desired).describe("Every entry of the customers whose balances it changes."),
    plan: planDocument,
    signature: text.describe("HMAC-SHA256 of everything else, with a key derived from the secret key."),
  },
);
