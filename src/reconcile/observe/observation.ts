// What was seen of customers at one time: plain data, which nothing changes afterwards.
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
  /** Customers of whom only what public reads show has been read. */
  readonly partlyRead: ReadonlySet<string>;
  /** Whether reading a customer by itself shows more than lists do. */
  readonly showsCreationGrants: boolean;
  /** `false` where the server has turned out to have no balances.list. */
  readonly listsBalances: boolean;
}
