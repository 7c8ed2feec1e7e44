// The changes of a plan as HTML: by customer, before and after side by side. There may be tens of thousands, so
// they are written in one pass, with no more elements than are needed.
import type { Change } from "../../reconcile/index.ts";
import { balanceName, details, differences, madeBy, stored } from "../change-words.ts";
import { alike } from "../groups.ts";
import { byCustomer, KINDS, tally } from "../kinds.ts";
import { type Pen, remembering } from "../text/pen.ts";
import { moment, units } from "../words.ts";
import { htmlPen, idText } from "./pen.ts";

/** Numbers by which the page's other parts refer to changes, features and owners. */
export interface Numbers {
  /** Only of the changes that are linked to. */
  readonly changes: ReadonlyMap<Change, number>;
  readonly features: ReadonlyMap<string, number>;
  readonly owners: ReadonlyMap<string, number>;
}

/** @param linked the changes that are linked to */
export function numbered(changes: readonly Change[], linked: Iterable<Change>): Numbers {
  const features = [...new Set(changes.map(({ featureId }) => featureId))].sort();
  const owners = [...new Set(changes.flatMap(({ desired }) => desired?.note?.owner ?? []))].sort();
  return {
    changes: new Map([...new Set(linked)].map((change, index) => [change, index])),
    features: new Map(features.map((feature, index) => [feature, index])),
    owners: new Map(owners.map((owner, index) => [owner, index])),
  };
}

export function customersHtml(changes: readonly Change[], numbers: Numbers): string {
  const pen = remembering(htmlPen);
  const textOf = (its: readonly Change[]): string =>
    `${its.some(({ createsCustomer }) => createsCustomer)}${its.map((change) => changeHtml(change, NO_NUMBERS, pen)).join("")}`;
  if (changes.length < FOLDED) return cards(byCustomer(changes), numbers, pen);
  return joined(alike(byCustomer(changes), textOf), ({ customers, title }) => {
    const html = cards(customers, numbers, pen);
    return title === null
      ? html
      : `<details class="alike"><summary>${title(htmlPen)}</summary>\n${html}</details>\n`;
  });
}

/** From so many changes on, those that many customers have alike are folded into a line. */
const FOLDED = 200;
const NO_NUMBERS: Numbers = { changes: new Map(), features: new Map(), owners: new Map() };

function cards(customers: readonly [string, readonly Change[]][], numbers: Numbers, pen: Pen): string {
  return joined(customers, ([customerId, its]) => {
    const isNew = its.some(({ createsCustomer }) => createsCustomer);
    const note = isNew ? " · does not exist yet, and is created" : "";
    let html = `<div class="customer card"><div class="title"><h3><code>${idText(customerId)}</code></h3><p>${countsOf(its)}${note}</p></div><ul>\n`;
    for (const change of its) html += changeHtml(change, numbers, pen);
    return `${html}</ul></div>\n`;
  });
}

/** How many pieces are joined at a time. */
const PORTION = 32;

/**
 * One text of many pieces. The engine keeps strings that are only concatenated as trees of their parts, which the
 * garbage collector has to walk again and again; joined in portions, a text is made in a third of the time.
 */
function joined<T>(items: readonly T[], piece: (item: T) => string): string {
  const portions: string[] = [];
  for (let from = 0; from < items.length; from += PORTION)
    portions.push(
      items
        .slice(from, from + PORTION)
        .map(piece)
        .join(""),
    );
  return portions.join("");
}

function changeHtml(change: Change, { changes, features, owners }: Numbers, pen: Pen): string {
  const { kind, featureId, row, isPending, desired } = change;
  const pending = isPending ? ' data-pending=""' : "";
  const number = changes.get(change);
  const id = number === undefined ? "" : ` id="c${number}"`;
  const by = owners.get(desired?.note?.owner ?? "");
  const owner = by === undefined ? "" : ` data-owner="${by}"`;
  let html = `<li class="change"${id} data-kind="${kind}" data-feature="${features.get(featureId)}"${owner}${pending}>`;
  html += `<span class="kind ${kind}">${kind}</span><span class="name">${balanceName(change, pen)}</span>`;
  html += `<span class="side"><b>Before</b>${row === null ? "none" : stored(row)}</span>`;
  html += `<span class="side after"><b>After</b>${after(change)}</span>`;
  const why = notes(change, pen);
  return why === "" ? `${html}</li>\n` : `${html}<ul class="why">${why}</ul></li>\n`;
}

function after(change: Change): string {
  const { kind, desired, unblocksAt } = change;
  const text = kind === "delete" || desired === null ? "none" : madeBy(change, desired);
  if (kind !== "blocked") return text;
  return unblocksAt === null ? `${text}, but not now` : `${text}, but not before ${moment(unblocksAt)}`;
}

function notes(change: Change, pen: Pen): string {
  let html = "";
  const moved = change.fields.filter(({ field }) => field === "feature_id" || field === "entity_id");
  if (moved.length > 0) html += `<li>${differences(moved, pen)}</li>`;
  for (const line of details(change, pen)) html += `<li>${line}</li>`;
  return html;
}

function countsOf(changes: readonly Change[]): string {
  const [only] = changes;
  if (changes.length === 1 && only !== undefined)
    return only.kind === "blocked" ? "1 blocked" : `1 to ${only.kind}`;
  const counted = tally(changes);
  return KINDS.filter((kind) => counted[kind] > 0)
    .map((kind) =>
      kind === "blocked" ? `${units(counted[kind])} blocked` : `${units(counted[kind])} to ${kind}`,
    )
    .join(", ");
}
