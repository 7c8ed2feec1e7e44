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
  /** The most units that one apply may add, by feature. A feature that is not named has no limit. */
  granted: ReadonlyMap<string, number>;
  /** Where the limits of `granted` are written, by feature; left out where nothing tells. */
  grantedAt?: ReadonlyMap<string, Place>;
}

export const DEFAULT_LIMITS: Limits = {
  deletes: 10,
  deletePercent: 30,
  replaces: 10,
  replacePercent: 30,
  granted: new Map(),
};

export type Environment = "sandbox" | "live";

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
    granted?: Record<string, number>;
  };
  defaults?: BalanceDefaults;
  balances: BalanceEntry[];
}
