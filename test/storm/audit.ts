// What is wrong with the rows after a storm: every balance has to be there exactly once, granted as declared and used
// exactly as was really used, and rows of others untouched.
import { type BalanceEntry, type DesiredBalance, desiredAt, desiredBalance } from "../../src/schema/index.ts";
import type { Level } from "../reconcile/world.ts";
import type { StormKind } from "./kinds.ts";
import type { Ledger } from "./ledger.ts";
import { isThere, isUnlimited, newest, rowsOf, type Stored } from "./stored.ts";

export interface Scene {
  readonly kind: StormKind | undefined;
  readonly level: Level;
  readonly entries: readonly BalanceEntry[];
  readonly rows: readonly Stored[];
  readonly ledger: Ledger;
  readonly retire: "end" | "delete";
  /** ms since 1970. */
  readonly now: number;
}

const SMALLEST = 1e-6;

export function audit(scene: Scene): string[] {
  const { kind, entries, rows, now } = scene;
  scene.ledger.pass(now);
  const declared = entries.map((entry) => desiredAt(desiredBalance(entry), now));
  const wrong = declared.flatMap((desired) =>
    desired.featureId === "sso" ? auditFlag(scene, desired) : auditBalance(scene, desired),
  );
  if (kind === "stacked") wrong.push(...auditStacked(scene, declared));
  const keys = new Set(declared.map(({ key }) => key));
  for (const row of rows) {
    const key = /^test:(.*?)(~\d+)?$/.exec(row.name)?.[1];
    if (key !== undefined && !keys.has(key) && isThere(row, now))
      wrong.push(`${row.name} is there without an entry`);
  }
  const foreign = rows.filter(({ name }) => name === "somebody:else");
  if (foreign.length !== 1 || foreign[0]?.grant !== 77 || foreign[0].expiresAt !== null)
    wrong.push("a balance of somebody else was touched");
  return wrong;
}

/** The rows of an entry: its own, and the one that it takes over. */
const allOf = (rows: readonly Stored[], { key, adopt }: DesiredBalance): Stored[] => [
  ...rowsOf(rows, key),
  ...rows.filter(({ name }) => name === adopt),
];

function auditFlag({ rows, now }: Scene, { key, expiresAt }: DesiredBalance): string[] {
  const there = rowsOf(rows, key).filter((row) => isThere(row, now));
  if (there.length !== 1) return [`${key} is there ${there.length} times`];
  return there[0]?.expiresAt === expiresAt ? [] : [`${key} ends at ${there[0]?.expiresAt}`];
}

function auditBalance(scene: Scene, desired: DesiredBalance): string[] {
  const { kind, rows, ledger, now } = scene;
  const { featureId, included, unlimited, expiresAt, reset, adopt } = desired;
  const own = allOf(rows, desired);
  const there = own.filter((row) => isThere(row, now));
  const row = newest(own);
  if (row === undefined) return [`${featureId} is not there`];
  const wrong: string[] = [];
  if (there.length > 1) wrong.push(`${featureId} is there ${there.length} times`);
  const byHand = adopt === null ? 0 : ledger.usedByHand(featureId);
  const used = ledger.usedOf(featureId) + byHand;
  const grant = included ?? 0;
  const isOneOfTwo = kind === "stacked" && featureId === "api_calls";
  if (!isThere(row, now)) {
    // What was used beyond a balance that is used up cannot be counted on it.
    if (!isOneOfTwo && used < grant - 0.001)
      wrong.push(`${featureId} is used up: ${used} were used of ${grant}`);
    return wrong;
  }
  if (there[0] !== row) return [...wrong, `${featureId}: what lives is not the newest`];
  if (isUnlimited(row) !== unlimited) wrong.push(`${featureId} is ${row.kind}`);
  if (row.expiresAt !== expiresAt) wrong.push(`${featureId} ends at ${row.expiresAt}`);
  if (unlimited) return wrong;
  if (row.grant !== grant) wrong.push(`${featureId} is granted ${row.grant}, declared are ${grant}`);
  if (reset !== null && row.creationGrant !== grant)
    wrong.push(`${featureId} resets to ${row.creationGrant}`);
  if ((row.resetsAt === null) !== (reset === null)) wrong.push(`${featureId} resets at ${row.resetsAt}`);
  if (row.reset?.interval !== reset?.interval) wrong.push(`${featureId} resets each ${row.reset?.interval}`);
  if (isOneOfTwo) return wrong;
  const counted = row.usage + ledger.takenByRuns(row);
  // A row of somebody else that was used up is left as it is, and its usage with it.
  const isLeft = byHand > 0 && rows.some(({ name, remaining }) => name === adopt && remaining === 0);
  const all = isLeft ? [used, used - byHand] : [used];
  const isCounted = all.some((units) => Math.abs(counted - units) <= SMALLEST);
  if (!isCounted && !isForgiven(scene, own, counted - used))
    wrong.push(`${featureId} counts ${counted}, used were ${used}`);
  return wrong;
}

/** Whether nobody could have counted better. @param units counted too many, below 0 too few */
function isForgiven({ kind, retire, now }: Scene, own: readonly Stored[], units: number): boolean {
  // What another call writes back that takes more off a balance looks like usage, and a mark takes up to this much.
  if (kind === "races" && units > -0.001) return true;
  if (units > 0) return false;
  // Where rows are deleted, what is used of one between a killed run and the next goes with it.
  if (retire === "delete") return true;
  // A balance that is granted once has no place to say which cycles of a used-up row have been counted on it; and where
  // a successor was used up itself before they were, they are over by the time that another is made.
  const isOnce = ({ resetsAt }: Stored): boolean => resetsAt === null;
  const row = newest(own);
  const usedUp = own.filter((one) => one !== row && one.remaining === 0 && (one.expiresAt ?? now) >= now);
  return (
    kind === "intervals" &&
    usedUp.some((one) => isOnce(one) || isOpen(one) || (row !== undefined && isOnce(row)))
  );
}

/** Whether the row of a cycle still says that nothing was counted on it. */
const isOpen = ({ resetsAt }: Stored): boolean => resetsAt !== null && resetsAt % 1000 === 613;

/** What was used of a feature, by whichever of its balances. */
function auditStacked({ rows, ledger, retire }: Scene, declared: readonly DesiredBalance[]): string[] {
  const all = declared
    .filter(({ featureId }) => featureId === "api_calls")
    .map(({ key }) => newest(rowsOf(rows, key)));
  // What was used beyond a balance that is used up cannot be counted on it.
  if (all.some((row) => row === undefined || row.remaining === 0)) return [];
  const counted = all.reduce((sum, row) => sum + (row?.usage ?? 0), 0);
  const used = ledger.usedOf("api_calls");
  if (Math.abs(counted - used) < SMALLEST || (retire === "delete" && counted < used)) return [];
  return [`api_calls counts ${counted} together, used were ${used}`];
}
