// What a plan is made of: plain data, so that it can be shown, stored, compared and executed.
import type { Clock } from "../autumn/index.ts";
import type { DesiredBalance, Environment, Limits, Place, Problem } from "../schema/index.ts";
import type { Row } from "./row.ts";

/** What becomes of rows that are replaced. */
export type Retirement = "end" | "delete";

/** One of `count` parts of the customers. */
export interface Shard {
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
}

export type ChangeKind = "none" | "create" | "update" | "replace" | "delete" | "blocked";

/** One field that differs. Values are as they would be written in a balances file; `null` is "not there". */
export interface FieldChange {
  readonly field: "included" | "unlimited" | "reset" | "expires_at" | "rollover" | "feature_id" | "entity_id";
  readonly from: unknown;
  readonly to: unknown;
}

/** Why a change is what it is. `code` is stable; `text` is for people. */
export interface Reason {
  readonly code:
    | "changed-for-good" // a reset would undo an update
    | "reset-would-revert" // the current grant is not the one given at creation
    | "not-updatable" // the API has no way to change the field in place
    | "never-resets" // stored with a cycle, but without a next reset
    | "expired"
    | "drained"
    | "duplicate" // several rows with one balance_id
    | "interrupted" // a replacement that was not finished
    | "takes-over" // the entry has come to adopt another row
    | "carry" // usage of the row before is not counted on it yet
    | "not-started" // there already, before its entry counts
    | "already-over" // declared with an end that has passed
    | "past-expiry" // cannot be set to a moment in the past
    | "waits-for-reset" // a drained row can be removed only once its reset has brought it back
    | "flag-is-on" // a boolean feature that is on already
    | "flawed" // stored in a way that nothing can be done with
    | "left-group" // its customer belongs to the group no longer
    | "reset-overdue"; // used up, and its reset has passed without the server carrying it out
  readonly text: string;
  /** The row that it is about, where that is not the change's own. */
  readonly row?: Row;
}

/** What is to happen to one balance. */
export interface Change {
  readonly kind: ChangeKind;
  readonly customerId: string;
  readonly featureId: string;
  readonly entityId: string | null;
  readonly key: string;
  /** The balance_id that the balance has afterwards; of a deletion, the one it had. */
  readonly balanceId: string;
  readonly desired: DesiredBalance | null;
  /** The row that stands for the balance now. */
  readonly row: Row | null;
  /** Rows that will be ended or deleted: the replaced one, older generations, duplicates. */
  readonly retires: readonly Row[];
  /** Whether `balanceId` has to be created; false when a replacement finds its successor there already. */
  readonly creates: boolean;
  readonly fields: readonly FieldChange[];
  readonly reasons: readonly Reason[];
  /** Units of usage carried from the retired rows to their successor. */
  readonly carries: number;
  /** Units the customer gains (or, below 0, loses) by the change: the difference of the grants. */
  readonly granted: number;
  /** ms since 1970, of a blocked change: when it can be made. */
  readonly unblocksAt: number | null;
  readonly createsCustomer: boolean;
  /**
   * Whether the configuration of the plan's base asks for the same change: the balance had drifted, or the change
   * was pending, before the files were changed. `false` in a plan without a base.
   */
  readonly isPending: boolean;
  /** Whether the entry is protected in the plan's base, whatever it says now. Left out where it is not. */
  readonly wasProtected?: true;
  /** ms since 1970, of a replacement, and of a creation that declares it: when the balance resets next. */
  readonly resetsAt: number | null;
  /**
   * Of a replacement that makes a row: units that the customer can use at the most in the seconds until what was used
   * has been counted on it; `null` where nothing is to be counted.
   */
  readonly meanwhile: number | null;
}

/** What somebody wants to know the rows of. */
export interface Target {
  readonly customerId: string;
  readonly entityId: string | null;
  /** The row that has to be seen for a public read to be enough; `null` when any row will do. */
  readonly balanceId: string | null;
}

/** Where the rows of a plan were looked for. */
export type Scope = "organisation" | "customers";

/** Something a reader of the plan should know, that is no error. */
export type Warning = Problem;

/** Why a plan is not applied. */
export interface Refusal extends Problem {
  /** Whether `--force` lifts it. */
  readonly forcible: boolean;
  /** The customer that it is about; left out where that is more than one. */
  readonly customerId?: string;
  /** The key of the balance that it is about; left out where that is more than one. */
  readonly key?: string;
  /** The feature that it is about; left out where that may be more than one. */
  readonly featureId?: string;
}

/** Rows of this namespace that no entry declares, and that stay because pruning was not asked for. */
export interface LeftOver {
  readonly customerId: string;
  readonly key: string;
  readonly row: Row;
  /** Whether the base of the plan has no entry for it either. `false` in a plan without a base. */
  readonly isPending: boolean;
}

/** An entry that starts later, or that changes to its next phase. */
export interface Scheduled {
  readonly customerId: string;
  readonly key: string;
  readonly featureId: string;
  readonly entityId: string | null;
  /** ms since 1970. */
  readonly startsAt: number;
  /** The entry as it counts then. */
  readonly desired: DesiredBalance;
}

/** The grants a plan adds and takes, of one feature and one cycle. */
export interface Total {
  readonly featureId: string;
  /** Such as `month`, `2 months`, or `once`. */
  readonly per: string;
  /** Units, 0 or more. */
  readonly added: number;
  /** Units, 0 or more. */
  readonly taken: number;
}

/** Customers that a plan leaves out, and their entries. */
export interface LeftOut {
  readonly customers: number;
  readonly balances: number;
}

/** Whoever is given a balance of one name by grants. */
export interface PlannedGroup {
  /** The key of the balance. */
  readonly name: string;
  readonly source: "customers" | "csv" | "autumn";
  readonly whenTheyLeave: "keep" | "end";
  /** All customers of the organisation, where Autumn was asked who belongs; `null` otherwise. */
  readonly customers: number | null;
}

/** Some customers, of whom only the first are named. */
export interface Few {
  readonly customers: number;
  readonly first: readonly string[];
}

/** What a plan says of a group. */
export interface GroupReport extends PlannedGroup {
  /** Whether who belonged is told by the base of the plan, or by the rows that are there. */
  readonly since: "base" | "rows";
  readonly members: number;
  /** Customers for whom the plan creates the balance. */
  readonly creates: number;
  readonly enters: Few;
  readonly leaves: Few;
}

/** What a rule of the policy asks for at one change, or for the plan as a whole. */
export interface Finding {
  /** The name of the rule. */
  readonly rule: string;
  readonly effect: "deny" | "warn" | "approve";
  /** Who has to approve; `null` where nobody has to. */
  readonly approver: string | null;
  /** What the rule says, for people. */
  readonly message: string;
  /** The change that it is about; `null` where that is the whole plan. */
  readonly customerId: string | null;
  readonly key: string | null;
  /** Where the entry of the change is written. */
  readonly place?: Place;
}

/** How a policy judged a plan. */
export interface PolicyVerdict {
  /** The policy, such as `autumn-balances.policy.yaml at origin/main (4f2a91c)`. */
  readonly name: string;
  /** Who has to approve the plan before it is applied, ordered by name. */
  readonly approvals: readonly string[];
  readonly findings: readonly Finding[];
}

export interface CallEstimate {
  /** API calls that applying takes, at the least. */
  readonly calls: number;
  /** ms they take at the pace and with answers that are as quick as the quickest so far, at the least. */
  readonly ms: number;
}

/** The configuration that a plan is compared with, to tell what a change of the files changes. */
export interface PlanBase {
  /** Such as `origin/main (4f2a91c)`. */
  readonly name: string;
  readonly namespace: string;
  readonly balances: readonly DesiredBalance[];
  readonly createCustomers: boolean;
}

export interface Plan {
  readonly namespace: string;
  /** What becomes of rows that are replaced. */
  readonly retire: Retirement;
  readonly environment: Environment | null;
  readonly baseUrl: string;
  /** ms since 1970. */
  readonly madeAt: number;
  /** What `isPending` of the changes goes by; `null` when nothing was compared with. */
  readonly base: Pick<PlanBase, "name"> | null;
  readonly scope: Scope;
  /** The part of the customers that it is about; `null` when it is about all of them. */
  readonly shard: Shard | null;
  /** What was not looked at, as its entries are those of the base; `null` when that was not asked for. */
  readonly leftOut: LeftOut | null;
  /** Customers that were looked at. */
  readonly customers: number;
  /** Rows of this namespace that were seen. */
  readonly ownedRows: number;
  /** Everything that is not `none`, ordered by customer and key. */
  readonly changes: readonly Change[];
  /** Balances that are as declared. */
  readonly unchanged: number;
  readonly leftOver: readonly LeftOver[];
  /** What is to come with time, the soonest first; nothing of it is granted before. */
  readonly scheduled: readonly Scheduled[];
  readonly totals: readonly Total[];
  /** Left out where there are none. */
  readonly groups?: readonly GroupReport[];
  readonly warnings: readonly Warning[];
  readonly limits: Limits;
  /** What guards refused, and `--force` allows: these, and nothing that comes to be refused later. */
  readonly lifted: readonly Refusal[];
  readonly estimate: CallEstimate;
  /** How the policy judged it; `null` where there is none. */
  readonly policy: PolicyVerdict | null;
}

/** Kinds of change that send something to the API. */
export function isAction(change: Change): boolean {
  return change.kind !== "none" && change.kind !== "blocked";
}

/** The boolean features that changes are about: those that are granted no amount. */
export function booleansOf(changes: readonly Change[]): Set<string> {
  const boolean = changes.filter(({ desired, row }) =>
    desired ? desired.included === null && !desired.unlimited : row?.boolean,
  );
  return new Set(boolean.map(({ featureId }) => featureId));
}

/**
 * - `converged`: read back, and as declared.
 * - `failed`: the API refused it, or reading back did not show it in time.
 * - `blocked`: cannot be done now; the problem says when it can.
 * - `not_tried`: nothing was sent for it.
 */
export type ChangeResult = "converged" | "failed" | "blocked" | "not_tried";

export interface ChangeOutcome {
  readonly change: Change;
  readonly result: ChangeResult;
  /** Whether something was changed for it at the server, though not all may have been. */
  readonly wrote: boolean;
  /** Set unless converged. */
  readonly problem?: Problem;
}

export interface Outcome {
  readonly results: readonly ChangeOutcome[];
  /** Whether it was stopped from outside before everything was tried. */
  readonly interrupted: boolean;
}

/** What an apply tells while it runs. */
export type ApplyEvent =
  | { readonly type: "started"; readonly change: Change }
  /** All its calls were made; reading back is still to come. */
  | { readonly type: "sent"; readonly change: Change }
  | ({ readonly type: "finished" } & ChangeOutcome)
  | { readonly type: "verifying"; readonly changes: number }
  /** Another run is at work on the customer, or was stopped there a moment ago; `ms` until it is tried again. */
  | { readonly type: "waiting"; readonly customerId: string; readonly ms: number };

/** What making a plan tells while it runs. */
export type PlanEvent =
  | { readonly type: "read"; readonly rows: number; readonly customers: number }
  | { readonly type: "verify-grants"; readonly customers: number };

/** How exactly the grants given at creation are looked at, which only a read by customer shows. */
export type GrantCheck = "auto" | "always" | "never";

/** What making a plan needs besides the API and the question. */
export interface PlanEnvironment {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: PlanEvent) => void;
}

export interface PlanRequest {
  readonly namespace: string;
  readonly environment: Environment | null;
  readonly baseUrl: string;
  readonly balances: readonly DesiredBalance[];
  /** What to compare with. Customers that only the base names are looked at as well. */
  readonly base?: PlanBase | null;
  /** Plan only for customers whose entries differ from those of the base; for all where there is none. */
  readonly onlyChanged?: boolean;
  /** What the plan is to warn of besides what it finds itself. */
  readonly warnings?: readonly Warning[];
  readonly createCustomers: boolean;
  /** Customers who are known to exist, so that they are not asked for one by one. */
  readonly knownCustomers?: ReadonlySet<string>;
  /** Groups, whose members are among the balances. */
  readonly groups?: readonly PlannedGroup[];
  /** What becomes of rows that are replaced; they are ended when left out. */
  readonly retire?: Retirement;
  readonly limits: Limits;
  /** Delete rows of the namespace that no entry declares. */
  readonly prune: boolean;
  /** Plan for these customers only, as if there were no others; for all of them when left out. */
  readonly shard?: Shard | null;
  /** Look at all customers of the organisation; otherwise whatever takes fewer calls. */
  readonly wholeOrganisation: boolean;
  readonly checkGrants: GrantCheck;
  /** Customers worked on at a time. */
  readonly concurrency: number;
  /** Calls per second that may be made, for the estimate. */
  readonly requestsPerSecond: number;
}
