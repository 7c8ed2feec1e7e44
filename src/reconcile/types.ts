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

/** What happens to a balance; `blocked` is a change that cannot be made now. */
export type ChangeKind = "none" | "create" | "update" | "replace" | "delete" | "blocked";

/** One field that differs. Values are as they would be written in a balances file; `null` if absent. */
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
    | "interrupted" // a replacement that was not finished, or whose used-up row a reset has brought back
    | "takes-over" // the entry now adopts a row although it had one already
    | "carry" // usage of the row before it has not been counted on it yet
    | "not-started" // its row exists although the entry has not started
    | "already-over" // the declared end passed before there was a row
    | "past-expiry" // declared to have ended, but the API takes no end in the past
    | "waits-for-reset" // a drained row can be removed only once its reset has brought it back
    | "flag-is-on" // a boolean feature that is on already
    | "flawed" // what is stored of it cannot be worked with
    | "left-group" // its customer is no longer in the group
    | "reset-overdue"; // drained, and the server has not applied a reset that is due
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
  /** The balance_id that the balance has afterwards; for a deletion, the one it had. */
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
  /**
   * Units the customer gains (or, below 0, loses) by the change: the difference of the grants. Of the entry's feature
   * only, where a balance moves to another one.
   */
  readonly granted: number;
  /** For a blocked change: when it can be made, in ms since 1970; `null` when unknown, and for other changes. */
  readonly unblocksAt: number | null;
  readonly createsCustomer: boolean;
  /**
   * Whether the plan's base asks for the same change, so that it does not come from the edited files: the balance had
   * drifted, or an apply was due. `false` in a plan without a base.
   */
  readonly isPending: boolean;
  /** Whether the entry is protected in the plan's base, whatever it says now. Left out where it is not. */
  readonly wasProtected?: true;
  /** For a replacement, and a creation that declares it: when the balance resets next, in ms since 1970. */
  readonly resetsAt: number | null;
  /**
   * For a replacement that creates a row: the most units that can be used until the old usage has been counted on it;
   * `null` when there is nothing to count.
   */
  readonly meanwhile: number | null;
}

/** A customer or entity whose rows are needed. */
export interface Target {
  readonly customerId: string;
  readonly entityId: string | null;
  /** The row that a public read has to show to be enough; `null` when any will do. */
  readonly balanceId: string | null;
}

/** Where the rows of a plan were looked for. */
export type Scope = "organisation" | "customers";

/** Something that the reader of a plan should know, but no error. */
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

/** An entry that starts later, or its next phase. */
export interface Scheduled {
  readonly customerId: string;
  readonly key: string;
  readonly featureId: string;
  readonly entityId: string | null;
  /** ms since 1970. */
  readonly startsAt: number;
  /** The entry as it applies from then on. */
  readonly desired: DesiredBalance;
}

/** What a plan adds to and takes from the grants of one feature and cycle. */
export interface Total {
  readonly featureId: string;
  /** Such as `month`, `2 months`, or `once`. */
  readonly per: string;
  /** Units, 0 or more. */
  readonly added: number;
  /** Units, 0 or more. */
  readonly taken: number;
}

/** How many customers, and entries of theirs, a plan leaves out. */
export interface LeftOut {
  readonly customers: number;
  readonly balances: number;
}

/** A group: the customers to whom grants give a balance of one name. */
export interface PlannedGroup {
  /** The key of the balance. */
  readonly name: string;
  readonly source: "customers" | "csv" | "autumn";
  readonly whenTheyLeave: "keep" | "end";
  /** How many customers the organisation has, if Autumn was asked for the members; otherwise `null`. */
  readonly customers: number | null;
}

/** Some customers, of whom only the first are named. */
export interface Few {
  readonly customers: number;
  readonly first: readonly string[];
}

/** What a plan says of a group. */
export interface GroupReport extends PlannedGroup {
  /** What `enters` and `leaves` are relative to: the members at the plan's base, or the rows that exist. */
  readonly since: "base" | "rows";
  readonly members: number;
  /** Customers for whom the plan creates the balance. */
  readonly creates: number;
  readonly enters: Few;
  readonly leaves: Few;
}

/** What a policy rule says about one change, or about the plan as a whole. */
export interface Finding {
  /** The name of the rule. */
  readonly rule: string;
  readonly effect: "deny" | "warn" | "approve";
  /** Who has to approve; `null` where nobody has to. */
  readonly approver: string | null;
  /** The message of the rule, for people. */
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
  /** API calls that applying takes, at least. */
  readonly calls: number;
  /** How long they take, in ms, at least: at the paced rate, with every answer as quick as the quickest so far. */
  readonly ms: number;
}

/** The earlier configuration that a plan is compared with, to tell what a change of the files changes. */
export interface PlanBase {
  /** Such as `origin/main (4f2a91c)`. */
  readonly name: string;
  readonly namespace: string;
  /** With the members that its groups have now. */
  readonly balances: readonly DesiredBalance[];
  readonly createCustomers: boolean;
  readonly groups?: readonly PlannedGroup[];
}

/** What applying would do, and why. */
export interface Plan {
  readonly namespace: string;
  /** What becomes of rows that are replaced. */
  readonly retire: Retirement;
  readonly environment: Environment | null;
  readonly baseUrl: string;
  /** ms since 1970. */
  readonly madeAt: number;
  /** The base that `isPending` refers to; `null` when the plan has none. */
  readonly base: Pick<PlanBase, "name"> | null;
  readonly scope: Scope;
  /** The part of the customers that the plan covers; `null` for all of them. */
  readonly shard: Shard | null;
  /** What was not read because its entries equal those of the base; `null` unless `onlyChanged` was asked for. */
  readonly leftOut: LeftOut | null;
  /** Customers that were looked at. */
  readonly customers: number;
  /** Rows of this namespace, and those that entries have adopted, that were seen and have not ended. */
  readonly ownedRows: number;
  /** Everything that is not `none`, ordered by customer and key. */
  readonly changes: readonly Change[];
  /** Balances that are as declared. */
  readonly unchanged: number;
  readonly leftOver: readonly LeftOver[];
  /** Entries and phases that start later, the soonest first. Nothing of them is granted before. */
  readonly scheduled: readonly Scheduled[];
  readonly totals: readonly Total[];
  /** Left out where there are none. */
  readonly groups?: readonly GroupReport[];
  readonly warnings: readonly Warning[];
  readonly limits: Limits;
  /** Refusals that `--force` has lifted: these, and none that comes up later. */
  readonly lifted: readonly Refusal[];
  readonly estimate: CallEstimate;
  /** How the policy judged it; `null` where there is none. */
  readonly policy: PolicyVerdict | null;
}

/** Whether the change sends anything to the API. */
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
 * - `blocked`: cannot be done now; the problem says why.
 * - `not_tried`: not carried out, or not to its end. `wrote` says whether anything was sent.
 */
export type ChangeResult = "converged" | "failed" | "blocked" | "not_tried";

/** What became of one change. */
export interface ChangeOutcome {
  readonly change: Change;
  readonly result: ChangeResult;
  /** Whether any call made for it took effect, as far as is known. */
  readonly wrote: boolean;
  /** Set unless converged. */
  readonly problem?: Problem;
}

/** What became of a plan: a result for each change that sends something, in the order of the plan. */
export interface Outcome {
  readonly results: readonly ChangeOutcome[];
  /** Whether it was stopped from outside before everything was tried. */
  readonly interrupted: boolean;
}

/** Events of an apply, while it runs. */
export type ApplyEvent =
  | { readonly type: "started"; readonly change: Change }
  /** All its calls were made; reading back is still to come. */
  | { readonly type: "sent"; readonly change: Change }
  | ({ readonly type: "finished" } & ChangeOutcome)
  | { readonly type: "verifying"; readonly changes: number }
  /** Another run holds the customer, or was stopped while it did; tried again in `ms`. */
  | { readonly type: "waiting"; readonly customerId: string; readonly ms: number };

/** Events of making a plan. */
export type PlanEvent =
  | { readonly type: "read"; readonly rows: number; readonly customers: number }
  | { readonly type: "verify-grants"; readonly customers: number };

/** When to read creation grants, which takes a call for each customer. `auto`: for at most 200 customers. */
export type GrantCheck = "auto" | "always" | "never";

/** What making a plan needs besides the API and the request. */
export interface PlanEnvironment {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: PlanEvent) => void;
}

/** What to plan, and how to look for its rows. */
export interface PlanRequest {
  /** The owner's name: the part of every balance_id before the colon. */
  readonly namespace: string;
  /** The environment of the secret key; `null` if unknown. */
  readonly environment: Environment | null;
  /** The API that is asked. */
  readonly baseUrl: string;
  readonly balances: readonly DesiredBalance[];
  /** What to compare with. Customers that only the base names are read as well. */
  readonly base?: PlanBase | null;
  /** Plan only for customers whose entries differ from those of the base; for all when there is no base. */
  readonly onlyChanged?: boolean;
  /** Warnings to add to those that the plan finds itself. */
  readonly warnings?: readonly Warning[];
  /** Whether to create customers that do not exist. */
  readonly createCustomers: boolean;
  /** Customers known to exist, so that they need not be asked for one by one. */
  readonly knownCustomers?: ReadonlySet<string>;
  /** Groups, whose members are among the balances. */
  readonly groups?: readonly PlannedGroup[];
  /** What becomes of rows that are replaced; `end` when left out. */
  readonly retire?: Retirement;
  /** What guards allow when the plan is applied. */
  readonly limits: Limits;
  /** Delete rows of the namespace that no entry declares. */
  readonly prune: boolean;
  /** Plan for these customers only, as if there were no others; for all of them when left out. */
  readonly shard?: Shard | null;
  /** Read all customers; otherwise all or only those that entries name, whichever takes fewer calls. */
  readonly wholeOrganisation: boolean;
  readonly checkGrants: GrantCheck;
  /** Customers worked on at a time. */
  readonly concurrency: number;
  /** Calls per second that may be made, for the estimate. */
  readonly requestsPerSecond: number;
}
