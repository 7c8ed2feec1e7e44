// The documentation of the Terraform provider: links lead somewhere, and every example is shown. That it is what the
// schemas say is tested with all that is generated.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, it } from "vitest";
import { generatedFiles } from "../../scripts/generate.ts";
import { anchors, links, withoutBlocks } from "../docs/markdown.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const DOCS = join(ROOT, "docs/provider");
const pages = readdirSync(DOCS, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".md"));

it("has a page for everything that the provider offers, and no other", async () => {
  const generated = [...(await generatedFiles()).keys()].filter((path) => path.startsWith("docs/provider/"));
  expect(pages.map((page) => `docs/provider/${page}`).sort()).toEqual(generated.sort());
});

it.each(pages)("%s has links that lead somewhere", (page) => {
  const text = readFileSync(join(DOCS, page), "utf8");
  for (const link of links(text)) {
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? join(DOCS, page) : join(DOCS, dirname(page), path);
    expect(existsSync(target), link).toBe(true);
    if (anchor !== undefined) expect(anchors(readFileSync(target, "utf8")), link).toContain(anchor);
  }
});

it.each(pages)("%s has prose that fits a reader's window", (page) => {
  const prose = readFileSync(join(DOCS, page), "utf8").replaceAll(
    /^---\n.*?\n---$|<!-- generated.*?<!-- end -->/gms,
    "",
  );
  expect(
    withoutBlocks(prose)
      .split("\n")
      .filter((line) => line.length > 120),
  ).toEqual([]);
});

it("shows every example", () => {
  const shown = pages.map((page) => readFileSync(join(DOCS, page), "utf8")).join("");
  const folder = join(ROOT, "examples/terraform");
  const examples = readdirSync(folder, { recursive: true, encoding: "utf8" });
  for (const file of examples.filter((path) => /\/.+\.(?:tf|sh)$/.test(path)))
    expect(shown, file).toContain(readFileSync(join(folder, file), "utf8"));
});
