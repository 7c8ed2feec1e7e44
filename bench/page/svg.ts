// Plots as SVG, without a library. Each has a background of its own, so that it can be read whatever is around it, and
// follows the reader's choice of light or dark.

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What is written at its end. */
  readonly text: string;
}

export interface BarPlot {
  readonly title: string;
  readonly bars: readonly Bar[];
  /** A value that is marked by a line, and what it is. */
  readonly mark?: { readonly value: number; readonly text: string };
}

export interface Line {
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface LinePlot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
  readonly mark?: { readonly value: number; readonly text: string };
}

const WIDTH = 760;
const LABELS = 240;
const ENDS = 170;
const ROW = 34;
const TOP = 52;

const STYLE = `
  .back { fill: #ffffff; }
  text { font: 14px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 16px; }
  .small { font-size: 12px; }
  .bar, .dot0 { fill: #3569a8; }
  .dot1 { fill: #b35c00; }
  .line0, .line1 { fill: none; stroke: #3569a8; stroke-width: 2; }
  .line1 { stroke: #b35c00; stroke-dasharray: 6 3; }
  .axis { stroke: #8c959f; }
  .mark { stroke: #8250df; stroke-dasharray: 4 4; }
  @media (prefers-color-scheme: dark) {
    .back { fill: #0d1117; }
    text { fill: #e6edf3; }
    .bar, .dot0 { fill: #6ea8fe; }
    .dot1 { fill: #ffb86b; }
    .line0 { stroke: #6ea8fe; }
    .line1 { stroke: #ffb86b; }
    .axis { stroke: #6e7681; }
    .mark { stroke: #c297ff; }
  }
`;

export function barPlot({ title, bars, mark }: BarPlot): string {
  const most = Math.max(...bars.map(({ value }) => value), mark?.value ?? 0, Number.MIN_VALUE);
  const at = (value: number): number => round((value / most) * (WIDTH - LABELS - ENDS));
  const bottom = TOP + bars.length * ROW;
  const parts = bars.flatMap(({ label, value, text: end }, n) => {
    const y = TOP + n * ROW;
    const middle = y + 19;
    return [
      text(LABELS - 12, middle, label, { anchor: "end" }),
      `<rect class="bar" x="${LABELS}" y="${y + 4}" width="${Math.max(1, at(value))}" height="20" rx="2"/>`,
      text(LABELS + at(value) + 8, middle, end),
    ];
  });
  if (mark) {
    const x = LABELS + at(mark.value);
    parts.push(
      `<line class="mark" x1="${x}" x2="${x}" y1="${TOP}" y2="${bottom + 4}"/>`,
      text(x, bottom + 18, mark.text, { anchor: "middle", name: "small" }),
    );
  }
  return svg(title, bottom + (mark ? 30 : 12), parts);
}

export function linePlot({ title, x, y, lines, mark }: LinePlot): string {
  const left = 60;
  const height = 260;
  const bottom = TOP + height;
  const points = lines.flatMap((line) => line.points);
  const mostX = Math.max(...points.map((point) => point.x));
  const mostY = Math.max(...points.map((point) => point.y), mark?.value ?? 0) * 1.1;
  const atX = (value: number): number => round(left + (value / mostX) * (WIDTH - left - 30));
  const atY = (value: number): number => round(bottom - (value / mostY) * height);
  const parts = [
    `<line class="axis" x1="${left}" x2="${WIDTH - 30}" y1="${bottom}" y2="${bottom}"/>`,
    `<line class="axis" x1="${left}" x2="${left}" y1="${TOP}" y2="${bottom}"/>`,
    text(WIDTH - 30, bottom + 34, x, { anchor: "end", name: "small" }),
    text(left, TOP - 8, y, { name: "small" }),
    ...ticks(mostX).map((value) =>
      text(atX(value), bottom + 18, `${value}`, { anchor: "middle", name: "small" }),
    ),
    ...ticks(mostY).map((value) =>
      text(left - 8, atY(value) + 4, `${value}`, { anchor: "end", name: "small" }),
    ),
  ];
  lines.forEach(({ label, points: own }, n) => {
    const path = own.map((point) => `${atX(point.x)},${atY(point.y)}`).join(" ");
    parts.push(`<polyline class="line${n}" points="${path}"/>`);
    const legend = left + n * 330;
    parts.push(`<rect class="dot${n}" x="${legend}" y="${bottom + 42}" width="12" height="12"/>`);
    parts.push(text(legend + 18, bottom + 53, label, { name: "small" }));
  });
  if (mark) {
    const level = atY(mark.value);
    parts.push(
      `<line class="mark" x1="${left}" x2="${WIDTH - 30}" y1="${level}" y2="${level}"/>`,
      text(WIDTH - 30, level - 5, mark.text, { anchor: "end", name: "small" }),
    );
  }
  return svg(title, bottom + 66, parts);
}

/** Four to eight round numbers from 0 to the most. */
function ticks(most: number): number[] {
  const size = 10 ** Math.floor(Math.log10(most / 4));
  const step = [1, 2, 5, 10].map((n) => n * size).find((one) => most / one <= 8) ?? most;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, n) => round(n * step));
}

interface TextOptions {
  readonly anchor?: "middle" | "end";
  readonly name?: string;
}

function text(x: number, y: number, content: string, { anchor, name }: TextOptions = {}): string {
  const more = `${anchor ? ` text-anchor="${anchor}"` : ""}${name ? ` class="${name}"` : ""}`;
  return `<text x="${x}" y="${y}"${more}>${escaped(content)}</text>`;
}

function svg(title: string, height: number, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
<rect class="back" width="${WIDTH}" height="${height}" rx="6"/>
${text(20, 28, title, { name: "title" })}
${parts.join("\n")}
</svg>
`;
}

const round = (value: number): number => Number(value.toFixed(2));

const escaped = (content: string): string =>
  content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
