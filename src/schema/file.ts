// The parts of a balances file around the balances themselves.
import type { BalanceDefaults, BalanceEntry } from "./balance.ts";
import type { Place } from "./desired.ts";

/** The only format so far. */
export const FILE_VERSION = 1;

/** How much one apply may delete, replace or grant before a guard refuses it. */
export interface Limits {
  /** Deletions that are always allowed. */
  deletes: number;
  /** Beyond `deletes`: the most rows that may be deleted, in percent of the rows of this namespace. */
  deletePercent: number;
  /** Replacements that are always allowed. */
  replaces: number;
  /** Beyond `replaces`: the most rows that may be replaced, in percent of the rows of this namespace. */
  replacePercent: number;
  /**
   * The most customers that one apply may add to a group that Autumn is asked for, in percent of all; 50 when left out.
   */
  readonly groupPercent?: number;
  /** The most units that one apply may add, by feature. Other features have no limit. */
  granted: ReadonlyMap<string, number>;
  /** Where the limits of `granted` are written, by feature; left out if unknown. */
  grantedAt?: ReadonlyMap<string, Place>;
}

/** The default of `groupPercent`. */
export const DEFAULT_GROUP_PERCENT = 50;

/** The limits where files set none. */
export const DEFAULT_LIMITS: Limits = {
  deletes: 10,
  deletePercent: 30,
  replaces: 10,
  replacePercent: 30,
  granted: new Map(),
};

/** The environment of a secret key. */
export type Environment = "sandbox" | "live";

/** The pattern of names of templates and their parameters. */
export const TEMPLATE_NAME_PATTERN = "^[A-Za-z][A-Za-z0-9_-]{0,63}$";

/** A value of a template parameter. */
export type ParameterValue = string | number | boolean;

/** A parameter of a template; without `default`, every use has to give it. */
export interface TemplateParameter {
  description?: string;
  default?: ParameterValue;
}

/** One or more balances that entries can name. A text may hold `${parameter}`, so any field may be text. */
export interface Template extends Record<string, unknown> {
  parameters?: Record<string, TemplateParameter>;
  balances?: Record<string, unknown>[];
}

/** An entry that names a template, with the fields that differ. */
export interface TemplatedEntry extends Partial<BalanceEntry> {
  template: string;
  with?: Record<string, ParameterValue>;
}

/** Selects customers in Autumn: those that satisfy all of these fields. */
export interface CustomerFilter {
  /** The id of a plan that the customer has, or several ids, of which one is enough. */
  plan?: string | string[];
  /** The status of the plan; either when left out. */
  status?: "active" | "scheduled";
  /** A part of the customer's id, name or email, in any case. */
  search?: string;
}

/** The members of a group: exactly one of `customers`, `csv` and `autumn`. */
export interface GrantTarget {
  customers?: string[];
  csv?: string;
  /** For `csv`: the values that cells must have for a row to count, by column. */
  where?: Record<string, ParameterValue | ParameterValue[]>;
  /** For `csv`: columns by the fields that they stand for. */
  map?: Record<string, string>;
  autumn?: CustomerFilter;
}

export type WhenTheyLeave = "keep" | "end";

/** A balance that each member of a group is given once, under one name. */
export interface GrantEntry extends Partial<BalanceEntry> {
  to: GrantTarget;
  when_they_leave?: WhenTheyLeave;
  template?: string;
  with?: Record<string, ParameterValue>;
}

/** Fields that columns of a CSV file can set. */
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
