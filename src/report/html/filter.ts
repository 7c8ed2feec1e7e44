// The form that searches and filters the page. The page's script shows it: without a script it would do nothing.
import type { Plan } from "../../reconcile/index.ts";
import { KINDS, tally } from "../kinds.ts";
import { count, units } from "../words.ts";
import type { Numbers } from "./changes.ts";
import { idText } from "./pen.ts";

export function filterHtml(plan: Plan, { features, owners }: Numbers): string {
  const counted = tally(plan.changes);
  const optionsOf = (names: ReadonlyMap<string, number>): string =>
    [...names].map(([name, number]) => `<option value="${number}">${idText(name)}</option>`).join("");
  const hasOwners = owners.size > 0;
  const owner = hasOwners
    ? `<div><label for="owner">Owner</label><select id="owner"><option value="">anybody</option>${optionsOf(owners)}</select></div>\n`
    : "";
  const kinds = KINDS.filter((kind) => counted[kind] > 0)
    .map(
      (kind) =>
        `<label class="${kind}"><input type="checkbox" name="kind" value="${kind}">${kind} ${units(counted[kind])}</label>`,
    )
    .join("\n");
  const isMixed = plan.base !== null;
  const origin = isMixed
    ? `<div><label for="origin">Comes from</label><select id="origin"><option value="">anywhere</option><option value="files">the files</option><option value="pending">before (drifted or pending)</option></select></div>`
    : "";
  const columns = isMixed && hasOwners ? " six" : isMixed || hasOwners ? " five" : "";
  return `<form id="filter" class="card${columns}" role="search" aria-label="Changes" hidden>
<div><label for="search">Search (press /)</label><input id="search" type="search" autocomplete="off" spellcheck="false"></div>
<div><label for="customer">Customer</label><input id="customer" type="text" autocomplete="off" spellcheck="false"></div>
<div><label for="feature">Feature</label><select id="feature"><option value="">all</option>${optionsOf(features)}</select></div>
${owner}${origin}<button type="reset">Clear</button>
<fieldset class="kinds"><legend>Kind</legend>
${kinds}
<p id="status" role="status">${plan.changes.length === 1 ? "" : "All "}${count(plan.changes.length, "change")}</p></fieldset>
</form>
<div id="nothing" class="card nothing" hidden><p>No change matches.</p><button id="again" type="button">Show all changes</button></div>
`;
}
