// What customers will have, as one page that needs nothing else: a chart for each feature, and tables that say the same.
import { balanceName } from "../change-words.ts";
import { toSecond } from "../history/words.ts";
import { htmlPage } from "../html/page.ts";
import { htmlPen, idText } from "../html/pen.ts";
import { count, units } from "../words.ts";
import {
  CYCLES_ASSUMED,
  eventText,
  type ForecastReport,
  headline,
  holdingText,
  monthTable,
  span,
  USAGE_UNKNOWN,
} from "./words.ts";

/** The width of a month, in the units of the drawing. */
const STEP = 64;
/** The height of the highest bar. */
const HEIGHT = 90;
const BASE = 108;
/** How many events and balances the page shows. */
const SHOWN = 2000;

/** The whole forecast as an HTML document. */
export function forecastHtml(report: ForecastReport): string {
  const { namespace } = report;
  const body = `<header>
<p class="quiet">Forecast for namespace ${htmlPen.id(namespace)}, ${span(report)}</p>
<h1>${headline(report)}</h1>
<p class="quiet">${USAGE_UNKNOWN} ${CYCLES_ASSUMED}</p>
</header>
<main>
${chartsHtml(report)}${eventsHtml(report)}${holdingsHtml(report)}</main>
<footer><p>Made by autumn-balances. Nothing on this page asks a network.</p></footer>
`;
  return htmlPage(`Forecast · ${idText(namespace)}`, body);
}

function chartsHtml({ forecast }: ForecastReport): string {
  const { months, features } = monthTable(forecast);
  if (features.length === 0) return "";
  const charts = features.map((one) => chartHtml(one.featureId, months, one.units)).join("");
  return `<section aria-labelledby="months"><h2 id="months">Units granted by month</h2>
${charts}</section>
`;
}

function chartHtml(featureId: string, months: readonly string[], amounts: readonly number[]): string {
  // A loop: there can be more months than a call takes arguments.
  const most = amounts.reduce((highest, n) => Math.max(highest, n), 0);
  const bars = months.map((month, index) => {
    const n = amounts[index] ?? 0;
    const height = most === 0 ? 0 : Math.round((HEIGHT * n) / most);
    const middle = index * STEP + STEP / 2;
    return (
      `<rect class="bar" x="${index * STEP + 8}" y="${BASE - height}" width="${STEP - 16}" height="${height}"/>` +
      `<text x="${middle}" y="${BASE - height - 4}" text-anchor="middle">${short(n)}</text>` +
      `<text x="${middle}" y="${BASE + 14}" text-anchor="middle">${month}</text>`
    );
  });
  const width = months.length * STEP;
  const cells = months.map(
    (month, index) =>
      `<tr><th scope="row">${month}</th><td class="amount">${units(amounts[index] ?? 0)}</td></tr>`,
  );
  return `<figure class="card forecast"><figcaption>${htmlPen.id(featureId)}</figcaption>
<svg viewBox="0 0 ${width} ${BASE + 20}" width="${width}" height="${BASE + 20}" role="img" aria-label="Units by month">${bars.join("")}<line class="axis" x1="0" x2="${width}" y1="${BASE}" y2="${BASE}"/></svg>
<details><summary>As a table</summary><table class="totals"><tbody>${cells.join("")}</tbody></table></details></figure>
`;
}

/** `1.2M`: short enough to fit above a bar. */
function short(n: number): string {
  const scaled: readonly (readonly [number, string])[] = [
    [1e12, "T"],
    [1e9, "G"],
    [1e6, "M"],
    [1e4, "k"],
  ];
  for (const [size, letter] of scaled) {
    const unit = letter === "k" ? 1e3 : size;
    if (n >= size) return `${units(Math.round((10 * n) / unit) / 10)}${letter}`;
  }
  return units(n);
}

function eventsHtml({ forecast: { events } }: ForecastReport): string {
  if (events.length === 0) return "";
  const items = events
    .slice(0, SHOWN)
    .map(
      (event) =>
        `<li><time>${toSecond(event.at)}</time> ${htmlPen.id(event.entry.customerId)} ${balanceName(event.entry, htmlPen)} ${eventText(event)}</li>\n`,
    );
  return listHtml("events", "What happens", items, events.length);
}

function holdingsHtml({ forecast: { holdings, until } }: ForecastReport): string {
  if (holdings.length === 0) return "";
  const items = holdings
    .slice(0, SHOWN)
    .map(
      (holding) =>
        `<li>${htmlPen.id(holding.entry.customerId)} ${balanceName(holding.entry, htmlPen)} ${holdingText(holding)}</li>\n`,
    );
  return listHtml("balances", `What there is at ${toSecond(until)}`, items, holdings.length);
}

function listHtml(id: string, title: string, items: readonly string[], all: number): string {
  const more = all > items.length ? `<li>and ${count(all - items.length, "more", "more")}</li>` : "";
  return `<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
<ul class="rows card">
${items.join("")}${more}</ul></section>
`;
}
