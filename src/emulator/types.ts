// What the emulator stores: plain data, so that a snapshot of it is JSON. Instants are ms since the epoch,
// amounts are units of the row's feature.

/** How often a balance resets, in the public API's words. The database calls `one_off` `lifetime`. */
export type Interval =
  | "one_off"
  | "minute"
  | "hour"
  | "day"
  | "week"
  | "month"
  | "quarter"
  | "semi_annual"
  | "year";

export type FeatureType = "metered" | "boolean" | "credit_system";

export interface CreditCost {
  readonly metered_feature_id: string;
  readonly credit_cost: number;
}

export interface Feature {
  readonly id: string;
  readonly internalId: string;
  readonly name: string;
  readonly type: FeatureType;
  /** False for what is held rather than used up, such as seats: such balances never reset. */
  readonly consumable: boolean;
  readonly archived: boolean;
  readonly creditSchema: readonly CreditCost[];
  readonly createdAt: number;
}

/** What a row keeps of an unused balance when it resets. */
export interface RolloverTerms {
  readonly max: number | null;
  readonly max_percentage: number | null;
  readonly length: number;
  readonly duration: "month" | "forever";
}

/** An amount carried over from an earlier period. */
export interface Rollover {
  readonly id: string;
  balance: number;
  usage: number;
  readonly expiresAt: number | null;
}

/** One stored balance. */
export interface Row {
  readonly id: string;
  /** Grows with every row of the organisation: "newest first" is the highest first. */
  readonly seq: number;
  /** The `balance_id` given at creation. */
  readonly externalId: string | null;
  readonly featureId: string;
  readonly featureType: FeatureType;
  readonly consumable: boolean;
  readonly internalEntityId: string | null;
  /** Null for a standalone balance. */
  readonly planId: string | null;
  readonly unlimited: boolean;
  /** The grant given at creation, which every reset goes back to. */
  readonly allowance: number;
  readonly interval: Interval;
  readonly intervalCount: number;
  readonly rollover: RolloverTerms | null;
  /** What is left, tracked usage included at once. */
  balance: number;
  /** Current grant − allowance; a reset zeroes it. */
  adjustment: number;
  rollovers: Rollover[];
  nextResetAt: number | null;
  expiresAt: number | null;
  readonly createdAt: number;
  /** Units that were bought on top of the grant: above 0 only for a paid row. */
  readonly prepaidGrant: number;
  /** What a paid row costs, as reads show it; null for one that was granted. */
  readonly price: Readonly<Record<string, unknown>> | null;
  /** What the database still holds while tracked usage sits in the cache; null when both agree. */
  unstored: { readonly dueAt: number; readonly balance: number; readonly rollovers: Rollover[] } | null;
}

/** How much of a feature may be used in one window of time: one of `billing_controls.usage_limits`. */
export interface UsageLimit {
  readonly feature_id: string;
  readonly enabled: boolean;
  readonly limit: number;
  readonly interval: Interval;
}

/** What counted so far in the window of one limit. A customer or an entity has one for each feature. */
export interface UsageWindow {
  readonly featureId: string;
  /** Null for a limit of the customer. */
  readonly internalEntityId: string | null;
  startsAt: number;
  endsAt: number;
  used: number;
  /** What the database still holds, as for a row. */
  unstored: { readonly dueAt: number; readonly used: number } | null;
}

export interface Entity {
  readonly id: string;
  readonly internalId: string;
  readonly featureId: string;
  readonly name: string | null;
  readonly createdAt: number;
  /** Null until billing controls are set. */
  usageLimits: readonly UsageLimit[] | null;
}

export interface Customer {
  readonly id: string;
  readonly internalId: string;
  readonly seq: number;
  name: string | null;
  email: string | null;
  metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
  readonly plans: { readonly planId: string; readonly startedAt: number }[];
  readonly entities: Entity[];
  /** In order of creation. */
  rows: Row[];
  /** Null until billing controls are set. */
  usageLimits: readonly UsageLimit[] | null;
  usageWindows: UsageWindow[];
}
