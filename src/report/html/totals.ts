// What a plan grants and takes of each feature, as a table with bars. The bars are drawn without inline styles, which
// the page's content security policy would block, and say nothing that the amounts beside them do not.
import type { Plan, Total } from "../../reconcile/index.ts";
import { brief } from "../../text/index.ts";
import { CYCLE_LENGTH, cycle, units } from "../words.ts";
import { htmlPen } from "./pen.ts";

/** Half of the width of a bar's drawing: what is taken goes to the left, what is added to the right. */
const HALF = 100;

export function totalsHtml({ totals }: Plan): string {
  if (totals.length === 0) return "";
  const most = Math.max(...totals.map(({ added, taken }) => Math.max(added, taken)));
  const rows = totals.map((total) => rowHtml(total, most)).join("");
  return `<section aria-labelledby="totals"><h2 id="totals">Totals by feature</h2>
<div class="card"><table class="totals"><thead><tr><th scope="col">Feature</th><th scope="col">Cycle</th><th scope="col" class="amount">Taken</th><td class="chart"></td><th scope="col" class="amount">Granted</th></tr></thead><tbody>
${rows}</tbody></table></div></section>
`;
}

function rowHtml({ featureId, per, added, taken }: Total, most: number): string {
  const bars =
    bar("taken", HALF - lengthOf(taken, most), lengthOf(taken, most)) +
    bar("added", HALF, lengthOf(added, most));
  const drawing = `<svg viewBox="0 0 ${2 * HALF} 10" preserveAspectRatio="none" aria-hidden="true">${bars}<line class="axis" x1="${HALF}" x2="${HALF}" y1="0" y2="10"/></svg>`;
  return (
    `<tr><th scope="row">${htmlPen.id(featureId)}</th><td class="cycle">${htmlPen.prose(brief(cycle(per), CYCLE_LENGTH))}</td>` +
    `<td class="amount">${taken > 0 ? `-${units(taken)}` : ""}</td><td class="chart">${drawing}</td>` +
    `<td class="amount">${added > 0 ? `+${units(added)}` : ""}</td></tr>\n`
  );
}

function bar(kind: "added" | "taken", x: number, width: number): string {
  return width === 0 ? "" : `<rect class="${kind}" x="${x}" y="0" width="${width}" height="10"/>`;
}

/** In proportion to the largest amount, and never so short that it cannot be seen. */
function lengthOf(amount: number, most: number): number {
  if (!(amount > 0)) return 0;
  const length = Math.round((amount / most) * HALF * 10) / 10;
  return Number.isFinite(length) ? Math.min(HALF, Math.max(1, length)) : 1;
}
