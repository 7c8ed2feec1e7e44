// Two texts → a unified diff with one hunk, as git and patch take it.

const CONTEXT = 3;
const NO_NEWLINE = "\\ No newline at end of file";

/** @param file the name in the header; empty for texts that are alike */
export function unifiedDiff(file: string, before: string, after: string): string {
  if (before === after) return "";
  const [a, b] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let tail = 0;
  const most = Math.min(a.length, b.length) - start;
  while (tail < most && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const from = Math.max(0, start - CONTEXT);
  const kept = Math.max(0, tail - CONTEXT);
  const [endA, endB] = [a.length - kept, b.length - kept];
  const lines = [
    ...a.slice(from, start).map((line) => ` ${line}`),
    ...a.slice(start, a.length - tail).map((line) => `-${line}`),
    ...b.slice(start, b.length - tail).map((line) => `+${line}`),
    ...a.slice(a.length - tail, endA).map((line) => ` ${line}`),
  ];
  const span = (first: number, end: number): string => `${end > first ? first + 1 : first},${end - first}`;
  const head = [`--- a/${file}`, `+++ b/${file}`, `@@ -${span(from, endA)} +${span(from, endB)} @@`];
  return `${[...head, ...lines.map(withMark)].join("\n")}\n`;
}

/** Each line with its line break, which the last line may lack. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const withMark = (line: string): string =>
  line.endsWith("\n") ? line.slice(0, -1) : `${line}\n${NO_NEWLINE}`;
