// The definition of a balances file: what stands around the balances themselves.
import type { BalanceDefaults, BalanceEntry } from "./balance.ts";
import type { Place } from "./desired.ts";

/** The only format there has been. */
export const FILE_VERSION = 1;

/** How much one apply may take away or hand out before it has to be told so. */
export interface Limits {
  /** Deletions that are always allowed. */
  deletes: number;
  /** Beyond `deletes`: the most rows that may be deleted, in percent of the rows of this namespace. */
  deletePercent: number;
  /** Replacements that are always allowed. */
  replaces: number;
  /** Beyond `replaces`: the most rows that may be replaced, in percent of the rows of this namespace. */
  replacePercent: number;
  /** The most customers that one apply may add to a group that Autumn is asked for, in percent of all customers; 50 when left out. */
  readonly groupPercent?: number;
  /** The most units that one apply may add, by feature. A feature that is not named has no limit. */
  granted: ReadonlyMap<string, number>;
  /** Where the limits of `granted` are written, by feature; left out where nothing tells. */
  grantedAt?: ReadonlyMap<string, Place>;
}

/** Of `groupPercent`, where nothing is said. */
export const DEFAULT_GROUP_PERCENT = 50;

export const DEFAULT_LIMITS: Limits = {
  deletes: 10,
  deletePercent: 30,
  replaces: 10,
  replacePercent: 30,
  granted: new Map(),
};

export type Environment = "sandbox" | "live";

/** Names of templates and of their parameters. */
export const TEMPLATE_NAME_PATTERN = "^[A-Za-z][A-Za-z0-9_-]{0,63}$";

/** What a parameter of a template can be given. */
export type ParameterValue = string | number | boolean;

/** A parameter of a template; without `default` whoever uses the template has to give it. */
export interface TemplateParameter {
  description?: string;
  default?: ParameterValue;
}

/** A balance, or several, that entries can name. A text may hold `${parameter}`, so that any field may be text. */
export interface Template extends Record<string, unknown> {
  parameters?: Record<string, TemplateParameter>;
  balances?: Record<string, unknown>[];
}

/** An entry that names a template, and says what differs. */
export interface TemplatedEntry extends Partial<BalanceEntry> {
  template: string;
  with?: Record<string, ParameterValue>;
}

/** Customers that Autumn knows by these; those that satisfy all of them belong. */
export interface CustomerFilter {
  /** The id of a plan that the customer has, or several of which one is enough. */
  plan?: string | string[];
  /** Of the plan; both when left out. */
  status?: "active" | "scheduled";
  /** A part of the customer's id, name or email, whatever its case. */
  search?: string;
}

/** Who belongs to a group: exactly one of the three. */
export interface GrantTarget {
  customers?: string[];
  csv?: string;
  /** Of `csv`: what cells have to be for a row to count, by columns. */
  where?: Record<string, ParameterValue | ParameterValue[]>;
  /** Of `csv`: columns, by the fields that they stand for. */
  map?: Record<string, string>;
  autumn?: CustomerFilter;
}

export type WhenTheyLeave = "keep" | "end";

/** A balance that each customer of a group is given, once, under one name. */
export interface GrantEntry extends Partial<BalanceEntry> {
  to: GrantTarget;
  when_they_leave?: WhenTheyLeave;
  template?: string;
  with?: Record<string, ParameterValue>;
}

/** Fields that columns of a CSV file can stand for. */
export const MAPPED_FIELDS = [
  "customer_id",
  "entity_id",
  "included",
  "unlimited",
  "expires_at",
  "next_reset_at",
] as const;

/** A balances file as it is written. */
export interface BalancesFile {
  $schema?: string;
  version: typeof FILE_VERSION;
  namespace: string;
  environment?: Environment;
  create_customers?: boolean;
  retire?: "end" | "delete";
  limits?: {
    deletes?: number;
    delete_percent?: number;
    replaces?: number;
    replace_percent?: number;
    group_percent?: number;
    granted?: Record<string, number>;
  };
  defaults?: BalanceDefaults;
  templates?: Record<string, Template>;
  grants?: GrantEntry[];
  balances: BalanceEntry[];
}
