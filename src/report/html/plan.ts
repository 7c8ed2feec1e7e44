// A plan as one page that needs nothing else: no network, and no script to be read, though with one it can be
// searched and filtered. For plans that are too large for a comment.
import type { Change, Plan, Refusal } from "../../reconcile/index.ts";
import type { Problem } from "../../schema/index.ts";
import { type Attention, attentions, concerned } from "../attention.ts";
import { balanceName, stored } from "../change-words.ts";
import { groupLines } from "../groups.ts";
import {
  baseLine,
  costLine,
  countsLine,
  leftOverLine,
  scheduledLine,
  scheduledText,
  scopeLine,
  sinceNote,
  totalText,
} from "../headline.ts";
import { SCRIPT } from "../page/assets.generated.ts";
import { findingLine, findingsInOrder, policyLine } from "../policy.ts";
import { count, moment, units } from "../words.ts";
import { customersHtml, type Numbers, numbered } from "./changes.ts";
import { filterHtml } from "./filter.ts";
import { htmlPage } from "./page.ts";
import { htmlPen, idText } from "./pen.ts";
import { totalsHtml } from "./totals.ts";

/** How many balances are named for each thing to look at first. */
const NAMED = 8;
/** How many totals stand below the headline; the table has all. */
const TOTALS_IN_HEAD = 3;

/**
 * The whole plan as an HTML document.
 * @param refusals what keeps the plan from being applied
 */
export function planHtml(plan: Plan, refusals: readonly Refusal[] = []): string {
  const first = attentions(plan);
  const numbers = numbered(
    plan.changes,
    first.flatMap(({ changes }) => changes.slice(0, NAMED)),
  );
  const title = `${countsLine(plan)} · ${idText(plan.namespace)}`;
  const body = `<a class="skip" href="#changes">Skip to the changes</a>
${headHtml(plan)}<main>
${firstHtml(plan, refusals, first, numbers)}${policyHtml(plan)}${totalsHtml(plan)}${changesHtml(plan, numbers)}${scheduledHtml(plan)}${leftOverHtml(plan)}</main>
${footHtml(plan)}<script>${SCRIPT}</script>
`;
  return htmlPage(title, body);
}

function headHtml(plan: Plan): string {
  const { namespace, environment, baseUrl, shard, customers, madeAt } = plan;
  const where = environment === null ? "" : ` <span class="environment ${environment}">${environment}</span>`;
  const part = shard === null ? "" : `, shard ${units(shard.index)}/${units(shard.count)}`;
  const totals = plan.totals.slice(0, TOTALS_IN_HEAD).map((total) => totalText(total, htmlPen));
  if (plan.totals.length > TOTALS_IN_HEAD) totals.push("and more below");
  const since = baseLine(plan, htmlPen);
  const made = moment(madeAt);
  return `<header>
<p class="quiet">Plan for namespace ${htmlPen.id(namespace)} at ${htmlPen.id(baseUrl)}${where}</p>
<h1>${countsLine(plan)}</h1>
${totals.length === 0 ? "" : `<p class="granted">${totals.join(", ")}</p>\n`}<p class="quiet">${count(customers, "customer")} looked at${part}, <time datetime="${made}">${made}</time>${since === "" ? "" : `; ${since}`}</p>
${groupLines(plan, htmlPen)
  .map((line) => `<p class="quiet">${line}</p>\n`)
  .join("")}</header>
`;
}

/** Refusals, and what --force lifts; what is taken away, replaced or blocked; then warnings. */
function firstHtml(
  plan: Plan,
  refusals: readonly Refusal[],
  first: readonly Attention[],
  numbers: Numbers,
): string {
  const items = [
    ...refusals.map((refusal) => problemHtml("Refused", refusal, true)),
    ...plan.lifted.map((refusal) => problemHtml("--force lifts", refusal, true)),
    ...first.map((attention) => {
      const { title, isGrave, changes } = attention;
      const named = changes
        .slice(0, NAMED)
        .map((change) => link(change, concerned(attention, change, htmlPen), numbers));
      if (changes.length > NAMED) named.push(`and ${units(changes.length - NAMED)} more`);
      return `<li${isGrave ? ' class="grave"' : ""}><strong>${title}</strong><p class="names">${named.join(", ")}</p></li>\n`;
    }),
    ...plan.warnings.map((warning) => problemHtml("Warning", warning, false)),
  ];
  if (items.length === 0) return "";
  return `<section aria-labelledby="first"><h2 id="first">Look at this first</h2>
<ul class="first card">
${items.join("")}</ul></section>
`;
}

function policyHtml(plan: Plan): string {
  const head = policyLine(plan, htmlPen);
  if (head === "") return "";
  const items = findingsInOrder(plan).map(
    (finding) =>
      `<li${finding.effect === "warn" ? "" : ' class="grave"'}><strong>${finding.effect}</strong><p class="names">${findingLine(finding, htmlPen)}</p></li>\n`,
  );
  return `<section aria-labelledby="policy"><h2 id="policy">Policy</h2>
<p class="quiet">${head}</p>
<ul class="first card">
${items.join("")}</ul></section>
`;
}

const link = (change: Change, html: string, { changes }: Numbers): string =>
  `<a href="#c${changes.get(change)}">${html}</a>`;

function problemHtml(word: string, { message, hint, place }: Problem, isGrave: boolean): string {
  const where = place === undefined ? "" : ` ${htmlPen.id(`${place.file}:${place.line}:${place.column}`)}`;
  const way = hint === undefined ? "" : `<p>Hint: ${htmlPen.prose(hint)}</p>`;
  return `<li${isGrave ? ' class="grave"' : ""}><strong>${word}</strong>${where}<p class="names">${htmlPen.prose(message)}</p>${way}</li>\n`;
}

function changesHtml(plan: Plan, numbers: Numbers): string {
  if (plan.changes.length === 0) return `<section id="changes" aria-label="Changes"></section>\n`;
  return `<section id="changes" aria-labelledby="changes-title"><h2 id="changes-title">Changes by customer</h2>
${filterHtml(plan, numbers)}${customersHtml(plan.changes, numbers)}</section>
`;
}

function scheduledHtml(plan: Plan): string {
  if (plan.scheduled.length === 0) return "";
  const items = plan.scheduled.map((one) => `<li>${scheduledText(one, htmlPen)}</li>\n`);
  return `<section aria-labelledby="scheduled"><h2 id="scheduled">Scheduled</h2>
<details class="card"><summary>${scheduledLine(plan)}</summary><ul class="rows">
${items.join("")}</ul></details></section>
`;
}

function leftOverHtml(plan: Plan): string {
  if (plan.leftOver.length === 0) return "";
  const items = plan.leftOver.map(({ customerId, key, row, isPending }) => {
    const balance = { key, featureId: row.featureId, entityId: row.entityId ?? null };
    const since = sinceNote(plan, isPending, htmlPen);
    return `<li>${balanceName(balance, htmlPen)} of ${htmlPen.id(customerId)}: ${stored(row)}${since}</li>\n`;
  });
  return `<section aria-labelledby="left-over"><h2 id="left-over">Rows without an entry</h2>
<details class="card"><summary>${leftOverLine(plan, htmlPen)}</summary><ul class="rows">
${items.join("")}</ul></details></section>
`;
}

function footHtml(plan: Plan): string {
  const lines = [scopeLine(plan, htmlPen), costLine(plan)].filter((line) => line !== "");
  return `<footer>${lines.map((line) => `<p>${line}</p>`).join("")}<p>Made by autumn-balances. Nothing on this page asks a network.</p></footer>
`;
}
