// The parts of a Markdown document that can be checked: fenced blocks, commands with their output, headings,
// links, inline code, tables.

export interface Block {
  /** The first word after the fence: `sh`, `console`, `yaml`, `ts`, `text`. */
  readonly language: string;
  /** The word after it: the name of the file that the block is. */
  readonly file: string | undefined;
  readonly text: string;
  /** Counts from 1. */
  readonly line: number;
  /** Where `text` begins and ends in the document. */
  readonly start: number;
  readonly end: number;
}

const FENCED = /^```(\S*)(?: (\S+))?\n(.*?)^```$/gms;

export function blocks(markdown: string): Block[] {
  return [...markdown.matchAll(FENCED)].map((match) => {
    const [all, language = "", file, text = ""] = match;
    const start = match.index + all.indexOf("\n") + 1;
    const line = markdown.slice(0, match.index).split("\n").length;
    return { language, file, text, line, start, end: start + text.length };
  });
}

export function withoutBlocks(markdown: string): string {
  return markdown.replaceAll(FENCED, (block) => block.replaceAll(/[^\n]/g, ""));
}

/** One `$ command` of a console block and the output below it. */
export interface Command {
  readonly command: string;
  readonly output: string;
}

export function commands(consoleText: string): Command[] {
  const found: { command: string; output: string }[] = [];
  let continues = false;
  for (const line of consoleText.split(/(?<=\n)/)) {
    const last = found.at(-1);
    if (continues && last) last.command += line;
    else if (line.startsWith("$ ")) found.push({ command: line.slice(2), output: "" });
    else if (last) last.output += line;
    else throw new Error(`a console block begins with "$ ", not with ${line}`);
    continues = /\\\n$/.test(line) && (continues || line.startsWith("$ "));
  }
  return found.map(({ command, output }) => ({ command: command.trimEnd(), output }));
}

/** Single commands of a shell block, without comments; for looking at, not for running. */
export function commandLines(text: string): string[] {
  return text
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .map((line) => line.replace(/(?:^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
}

/** Every `code` in the running text. */
export function inlineCode(markdown: string): string[] {
  return [...withoutBlocks(markdown).matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
}

export function links(markdown: string): string[] {
  return [...withoutBlocks(markdown).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
}

/** The anchors that GitHub gives the headings. */
export function anchors(markdown: string): Set<string> {
  const headings = [...withoutBlocks(markdown).matchAll(/^#{1,6} (.+)$/gm)];
  return new Set(
    headings.map(([, text = ""]) =>
      text
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(/\s/g, "-"),
    ),
  );
}

/** The cells of the first table below a heading, without its head. */
export function tableBelow(markdown: string, heading: string): string[][] {
  const from = markdown.indexOf(`\n${heading}\n`);
  if (from === -1) throw new Error(`there is no heading ${heading}`);
  const lines = markdown.slice(from).split("\n");
  const first = lines.findIndex((line) => line.startsWith("|"));
  const rows = lines.slice(first);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows.slice(2, end === -1 ? undefined : end).map((row) =>
    row
      .replaceAll(/^\||\|$/g, "")
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
}
