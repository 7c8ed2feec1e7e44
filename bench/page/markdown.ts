// Markdown as the documents have it: lines that fit a window, and tables whose columns can be read in an editor.

const WIDTH = 120;

/** One paragraph, or one item of a list where the text begins with `- `. */
export function paragraph(text: string): string {
  const indent = text.startsWith("- ") ? "  " : "";
  const lines: string[] = [];
  let line = "";
  for (const word of text.trim().split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= WIDTH) line = longer;
    else if (/^(?:\d+[.)]|[-+*>#]+)$/.test(word)) throw new Error(`a line would begin like a list: ${word}`);
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line].join("\n");
}

export function list(items: readonly string[]): string {
  return items.map((item) => paragraph(`- ${item}`)).join("\n");
}

/** The first column is text, the others are numbers and stand at the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  const line = (cells: readonly string[]): string => `| ${cells.map(pad).join(" | ")} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [line(head), `| ${rule.join(" | ")} |`, ...rows.map(line)].join("\n");
}

/** `12,345.6`, with as many places as are asked for. */
export function number(value: number, places = 0): string {
  return value.toLocaleString("en", { minimumFractionDigits: places, maximumFractionDigits: places });
}
