// Every fact that this tool relies on.
import type { FactGroup } from "../fact.ts";
import { amountFacts } from "./amounts.ts";
import { connection } from "./connection.ts";
import { cycles } from "./cycles.ts";
import { drained } from "./drained.ts";
import { ending } from "./ending.ts";
import { idempotency } from "./idempotency.ts";
import { identity } from "./identity.ts";
import { reads } from "./reads.ts";
import { usageLimits } from "./usage-limits.ts";

/** In the order in which they are shown. A fact comes after those that it needs. */
export const FACT_GROUPS: readonly FactGroup[] = [
  connection,
  identity,
  idempotency,
  amountFacts,
  ending,
  drained,
  cycles,
  reads,
  usageLimits,
];
