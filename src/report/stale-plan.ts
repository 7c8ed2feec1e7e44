// Why a plan does not hold any more: what each balance was when it was planned, and what it is now.
import {
  type Change,
  type MovedChange,
  nameOf,
  type Refusal,
  type Row,
  settled,
  stateOf,
} from "../reconcile/index.ts";
import { brief } from "../text/index.ts";
import { cycleOf, moment, units } from "./words.ts";

const HINT = "nothing was changed; make a new plan with `plan --out` and have it reviewed";

/** @param now ms since 1970 */
export function movedRefusals(moved: readonly MovedChange[], now: number): Refusal[] {
  return moved.map(({ was, is, row }) => ({
    code: "changed-since-plan",
    message: `${brief(was.key)} of ${brief(was.customerId)} has changed since it was planned: ${whatMoved({ was, is, row }, now)}`,
    hint: HINT,
    forcible: false,
    customerId: was.customerId,
    key: was.key,
    featureId: was.featureId,
    ...(was.desired?.place ? { place: was.desired.place } : {}),
  }));
}

const DOING: Readonly<Record<Change["kind"], string>> = {
  none: "left as it is",
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
  blocked: "blocked",
};

function whatMoved({ was, is, row }: MovedChange, now: number): string {
  // A cycle that has ended meanwhile does not count as a change.
  const wasRow = was.row && settled(was.row, now);
  if (is === undefined && row !== undefined && stateOf(row, now) !== "live") {
    const end = stateOf(row, now) === "drained" ? "is used up now" : "has ended since";
    return `it was ${rowText(wasRow)}, and ${end}, so that there is nothing left to take back`;
  }
  const isNamedAlike = wasRow && is?.row && nameOf(wasRow) === nameOf(is.row);
  const text = isNamedAlike ? contentText : rowText;
  const before = text(wasRow);
  const after = text(is?.row ?? null);
  if (before !== after) return `it was ${before}, and is ${after} now`;
  if (is === undefined || was.kind !== is.kind) {
    const why = is?.reasons[0] ? `, because ${is.reasons[0].text}` : "";
    return `it was to be ${DOING[was.kind]}, and would be ${DOING[is?.kind ?? "none"]} now${why}`;
  }
  if (was.createsCustomer !== is.createsCustomer) {
    return is.createsCustomer ? "the customer does not exist any more" : "the customer exists now";
  }
  if (was.balanceId !== is.balanceId) {
    return `it was to become ${brief(was.balanceId)}, and would become ${brief(is.balanceId)} now`;
  }
  const others = (change: Change): string => change.retires.map(rowText).join("; ") || "none";
  if (others(was) !== others(is))
    return `to be deleted for it were ${others(was)}, and are ${others(is)} now`;
  const reasons = (change: Change): string =>
    change.reasons.map(({ text }) => text).join("; ") || "none was needed";
  return `the reason was: ${reasons(was)}; and is: ${reasons(is)}`;
}

/** `contracts:api_calls, 40,000 a month`. */
const rowText = (row: Row | null): string =>
  row === null ? contentText(row) : `${brief(nameOf(row))}, ${contentText(row)}`;

/** What a row is apart from its usage: `40,000 a month, next reset …`. */
function contentText(row: Row | null): string {
  if (row === null) return "not there";
  const grant = row.boolean
    ? "on"
    : row.unlimited
      ? "unlimited"
      : `${units(row.grant)} ${cycleOf(row.reset)}`;
  return [
    grant,
    ...(row.resetsAt === null ? [] : [`next reset ${moment(row.resetsAt)}`]),
    ...(row.expiresAt === null ? [] : [`ends ${moment(row.expiresAt)}`]),
  ].join(", ");
}
