// A policy, ready to judge plans: rules have compiled conditions, cases are as written.
import type { Place } from "../schema/index.ts";
import type { Expression, Subject } from "./expression.ts";
import type { ReadyRuleName, WrittenCase, WrittenRule } from "./policy-file.ts";

/** When a rule applies: when an expression is true, or when a ready rule finds something. */
export type Condition =
  | { readonly kind: "expression"; readonly on: Subject; readonly when: Expression }
  | { readonly kind: "ready"; readonly use: ReadyRuleName; readonly where: Expression | null };

export interface Rule {
  readonly name: string;
  readonly condition: Condition;
  readonly effect: "deny" | "warn" | "approve";
  /** `null` unless the effect is `approve`. */
  readonly approver: string | null;
  readonly written: WrittenRule;
  readonly place: Place | undefined;
}

export interface Case {
  readonly written: WrittenCase;
  readonly place: Place | undefined;
}

export interface Policy {
  /** Such as `autumn-balances.policy.yaml at origin/main (4f2a91c)`. */
  readonly name: string;
  readonly rules: readonly Rule[];
  readonly cases: readonly Case[];
}
