// One change of a plan, for people: a sign, the balance, what becomes of it, and why.
import type { Change } from "../reconcile/index.ts";
import { balanceName, details, differences, madeBy, stored } from "./change-words.ts";
import { PAINTS, SIGNS } from "./kinds.ts";
import type { Palette } from "./text/palette.ts";
import { textPen } from "./text/pen.ts";
import { moment } from "./words.ts";

/** The change in one line, and its details in further lines below it. */
export function changeLines(change: Change, paint: Palette): string[] {
  const sign = PAINTS[change.kind];
  const name = paint.bold(balanceName(change, textPen));
  const head = `${paint[sign](SIGNS[change.kind].padStart(5))} ${name}`;
  return [
    `${head}  ${summary(change)}`,
    ...details(change, textPen).map((line) => paint.dim(`        ${line}`)),
  ];
}

function summary(change: Change): string {
  const { kind, desired, row, unblocksAt } = change;
  if (kind === "create") return desired === null ? "" : madeBy(change, desired);
  if (kind === "delete") return row === null ? "" : stored(row);
  const differing = differences(change.fields, textPen);
  if (kind !== "blocked") return differing || "stays as declared";
  const until = unblocksAt === null ? "blocked" : `blocked until ${moment(unblocksAt)}`;
  return differing ? `${until}: ${differing}` : until;
}
