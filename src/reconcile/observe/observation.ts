// A snapshot of what was read of customers: plain data, never changed afterwards.
import type { WireFeature } from "../../autumn/index.ts";
import type { Row } from "../row.ts";
import type { Scope } from "../types.ts";

export interface Observation {
  readonly features: ReadonlyMap<string, WireFeature>;
  readonly isBoolean: (featureId: string) => boolean;
  /** Standalone rows by customer. */
  readonly rows: ReadonlyMap<string, readonly Row[]>;
  readonly scope: Scope;
  readonly missingCustomers: ReadonlySet<string>;
  /** Customers of whom only public reads were made, which hide some rows. */
  readonly partlyRead: ReadonlySet<string>;
  /** Whether a read of one customer shows creation grants, which lists do not. */
  readonly showsCreationGrants: boolean;
  /** `false` where the server has turned out to have no balances.list. */
  readonly listsBalances: boolean;
}
