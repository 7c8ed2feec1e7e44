// The documentation as a site: what `npm run docs` builds, below a path of a plain static server, in a real browser.
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, extname, join, resolve } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBrowser } from "../../scripts/browser.ts";
import { screenshot } from "../report/screenshot.ts";
import { has } from "../support/has.ts";
import { listedPages } from "./pages.ts";
import { ROOT } from "./session.ts";

const BASE = "/handbook/";

const folder = mkdtempSync(join(tmpdir(), "autumn-balances-site-"));
const site = join(folder, "site");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Builds as `npm run docs -- --base … --outDir …` does. */
function build(project: string, ...options: readonly string[]): Promise<{ code: number; output: string }> {
  const vitepress = join(ROOT, "node_modules/vitepress/bin/vitepress.js");
  const child = spawn(process.execPath, [vitepress, "build", "docs", ...options], {
    cwd: project,
    env: { ...process.env, NODE_ENV: "production", NO_COLOR: "1" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return new Promise((done) => child.on("close", (code) => done({ code: code ?? 1, output })));
}

/** The files of the site, by the path from its base. */
const files = (): string[] =>
  readdirSync(site, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(site.length + 1));

const html = (path: string): string => readFileSync(join(site, path), "utf8");
const attributes = (text: string, name: string): string[] =>
  [...text.matchAll(new RegExp(` ${name}="([^"]*)"`, "g"))].map(([, value = ""]) => value);

beforeAll(async () => {
  const { code, output } = await build(ROOT, "--base", BASE, "--outDir", site);
  expect(output).not.toMatch(/error|warn/i);
  expect(code).toBe(0);
});

describe("what is built", () => {
  it("has a page for each one that is listed, and shows them in this order at the side", () => {
    const pages = listedPages().map((path) => path.replace(/md$/, "html"));
    expect(files()).toEqual(expect.arrayContaining(["index.html", ...pages]));
    const [, sidebar = ""] = /<nav[^>]*id="VPSidebarNav".*?>(.*?)<\/nav>/s.exec(html("index.html")) ?? [];
    const links = attributes(sidebar, "href").map((link) =>
      link.slice(BASE.length).replace(/\/$/, "/index.html"),
    );
    expect(links).toEqual(pages);
  });

  it("has links and parts that are there", () => {
    const dead = files()
      .filter((path) => path.endsWith(".html") && path !== "404.html")
      .flatMap((path) =>
        [...attributes(html(path), "href"), ...attributes(html(path), "src")]
          .filter((link) => !/^[a-z]+:/.test(link))
          .filter((link) => !leads(link, path))
          .map((link) => `${path}: ${link}`),
      );
    expect(dead).toEqual([]);
  });

  it("names a file of the project where a link leads out of the documentation", () => {
    const outside = files()
      .filter((path) => path.endsWith(".html"))
      .flatMap((path) => attributes(html(path), "href"))
      .flatMap((link) => /\/blob\/HEAD\/([^#]*)/.exec(link)?.[1] ?? []);
    expect(outside.length).toBeGreaterThan(10);
    expect(outside.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it("loads nothing from elsewhere, and no fonts", () => {
    for (const path of files().filter((path) => path.endsWith(".html"))) {
      expect(html(path)).not.toMatch(/(?:src|<link[^>]* href)="(?:https?:)?\/\//);
    }
    expect(files().filter((path) => /\.(?:woff2?|ttf|otf)$/.test(path))).toEqual([]);
  });

  it("leaves nothing beside the pages", () => {
    expect(readdirSync(join(ROOT, "docs/.vitepress")).sort()).toEqual(["config.ts", "pages.ts", "theme"]);
  });
});

/** Whether a link of a page leads to a file of the site and, where it names one, to a part of it. */
function leads(link: string, from: string): boolean {
  const [path = "", anchor] = link.split("#");
  if (path !== "" && !path.startsWith(BASE) && path.startsWith("/")) return false;
  const target = path.startsWith(BASE)
    ? join(site, path.slice(BASE.length))
    : resolve(site, dirname(from), path);
  const file = path === "" ? join(site, from) : /\/$/.test(path) ? join(target, "index.html") : target;
  if (!existsSync(file)) return false;
  return !anchor || attributes(readFileSync(file, "utf8"), "id").includes(decodeURIComponent(anchor));
}

it("fails where a link is dead", async () => {
  const project = join(folder, "project");
  mkdirSync(join(project, "docs"), { recursive: true });
  cpSync(join(ROOT, "docs/.vitepress"), join(project, "docs/.vitepress"), { recursive: true });
  cpSync(join(ROOT, "package.json"), join(project, "package.json"));
  symlinkSync(join(ROOT, "node_modules"), join(project, "node_modules"));
  writeFileSync(join(project, "docs/README.md"), "# Documentation\n\nSee [what is gone](gone.md).\n");
  const { code, output } = await build(project);
  expect(output).toContain("gone");
  expect(code).not.toBe(0);
});

describe.skipIf(!has("chromium"))("in a browser", () => {
  let browser: Browser;
  let server: Server;
  let origin: string;
  beforeAll(async () => {
    browser = await startBrowser();
    server = createServer((request, response) => {
      const path = new URL(request.url ?? "/", "http://site.example").pathname;
      const name = decodeURIComponent(path).slice(BASE.length) || "index.html";
      const isThere = path.startsWith(BASE) && files().includes(name);
      response.writeHead(isThere ? 200 : 404, { "content-type": TYPES[extname(name)] ?? "text/plain" });
      response.end(isThere ? readFileSync(join(site, name)) : "not found");
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  it("finds a word, follows a result and a link, and asks nobody else", async () => {
    const context = await browser.newContext({ viewport: { width: 1300, height: 900 } });
    context.setDefaultTimeout(120_000);
    const page = await context.newPage();
    const misdeeds: string[] = [];
    page.on("console", (message) => misdeeds.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => misdeeds.push(`error: ${error.message}`));
    page.on("request", (request) => {
      if (!request.url().startsWith(`${origin}${BASE}`)) misdeeds.push(`request: ${request.url()}`);
    });
    const heading = () => page.getByRole("heading", { level: 1 }).textContent();

    await page.goto(`${origin}${BASE}`);
    expect(await heading()).toContain("Documentation");
    await page.screenshot({ path: screenshot("docs-home") });

    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("searchbox").fill("rolled over");
    const result = page.getByRole("option").filter({ hasText: "Afterwards" }).first();
    await result.waitFor();
    await page.screenshot({ path: screenshot("docs-search") });
    await result.click();
    await expect.poll(() => page.url()).toBe(`${origin}${BASE}limits.html#afterwards`);
    expect(await heading()).toContain("What it cannot do");

    await page
      .getByRole("navigation", { name: "Sidebar" })
      .getByRole("link", { name: "Pull requests" })
      .click();
    await expect.poll(heading).toContain("Pull requests");
    await expect
      .poll(() => page.evaluate(`document.querySelector("main img").naturalWidth`))
      .toBeGreaterThan(100);
    await page.screenshot({ path: screenshot("docs-page") });

    await context.close();
    expect(misdeeds).toEqual([]);
  });
});

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".png": "image/png",
};
