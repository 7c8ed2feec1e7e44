// Which pages the documentation has: those that docs/README.md lists.
import { pageGroups } from "../../docs/.vitepress/pages.ts";

/** Relative to `docs/`, in the order of reading. */
export function listedPages(): string[] {
  return pageGroups().flatMap(({ pages }) => pages.map(({ path }) => path));
}

/** The pages that are written by hand, relative to the project. Those of the provider have tests of their own. */
export function guides(): string[] {
  return listedPages()
    .filter((path) => !path.includes("/"))
    .map((path) => `docs/${path}`);
}
