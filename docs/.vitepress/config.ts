// The documentation as a site: `npm run docs` writes it to `site/`, for any static host. For one that serves it below
// a path: `npm run docs -- --base /autumn-balances/`.
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { defineConfig } from "vitepress";
import { DOCS, pageGroups } from "./pages.ts";

const ROOT = resolve(DOCS, "..");

const { description, repository } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  description: string;
  repository: { url: string };
};
const REPOSITORY = repository.url.replace(/^git\+/, "").replace(/\.git$/, "");

/** A link that leads out of `docs/` leads to the file on GitHub; `page` is relative to `docs/`. */
function onSite(link: string, page: string): string {
  if (/^(?:[a-z]+:|#|\/)/.test(link)) return link;
  const [path = "", anchor] = link.split("#");
  const target = relative(ROOT, resolve(DOCS, dirname(page), path));
  if (target.startsWith("docs/") || target === "docs") return link;
  return `${REPOSITORY}/blob/HEAD/${target}${anchor === undefined ? "" : `#${anchor}`}`;
}

export default defineConfig({
  title: "autumn-balances",
  description,
  lang: "en",
  outDir: "../site",
  cacheDir: "../.cache/vitepress",
  // Without it, browsers ask the root of the host for one.
  head: [["link", { rel: "icon", href: "data:," }]],
  rewrites: { "README.md": "index.md" },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    sidebar: pageGroups().map(({ title, pages }) => ({
      text: title,
      items: pages.map((page) => ({
        text: page.title,
        link: `/${page.path.replace(/(?:index)?\.md$/, "")}`,
      })),
    })),
    socialLinks: [{ icon: "github", link: REPOSITORY }],
  },
  markdown: {
    // The anchors that GitHub gives, so that a link holds in both places.
    anchor: {
      slugify: (heading) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
          .replaceAll(/\s/g, "-"),
    },
    config(md) {
      // Before VitePress looks at links, so that it finds only its own.
      md.core.ruler.push("links-out-of-docs", ({ tokens, env }) => {
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          const link = token.type === "link_open" ? token.attrGet("href") : null;
          if (link !== null) token.attrSet("href", onSite(link, env.relativePath));
        }
      });
      // Braces in code are no template.
      md.renderer.rules.code_inline = (tokens, at) =>
        `<code v-pre>${md.utils.escapeHtml(tokens[at]?.content ?? "")}</code>`;
      // The second word after a fence is the name of the file that the block is.
      const { fence } = md.renderer.rules;
      md.renderer.rules.fence = (tokens, at, options, env, self) => {
        const [, file] = tokens[at]?.info.trim().split(/\s+/) ?? [];
        const block = fence?.(tokens, at, options, env, self) ?? "";
        return file === undefined ? block : `<p class="file-name">${md.utils.escapeHtml(file)}</p>${block}`;
      };
    },
  },
});
