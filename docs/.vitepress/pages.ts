// The pages of the documentation and their order, which is that of the lists in docs/README.md.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const DOCS = resolve(import.meta.dirname, "..");

export interface Page {
  readonly title: string;
  /** Relative to `docs/`, such as `provider/index.md`. */
  readonly path: string;
}

export interface Group {
  readonly title: string;
  readonly pages: readonly Page[];
}

/** The headings of docs/README.md with the pages that are listed below them. */
export function pageGroups(): Group[] {
  const [, ...sections] = readFileSync(join(DOCS, "README.md"), "utf8").split(/^## /m);
  return sections.map((section) => {
    const [title = ""] = section.split("\n", 1);
    const items = section.matchAll(/^- \[(.+?)\]\(([\w/.-]+\.md)\)/gm);
    return { title, pages: [...items].map(([, title = "", path = ""]) => ({ title, path })) };
  });
}
