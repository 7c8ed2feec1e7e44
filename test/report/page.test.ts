// The HTML page in a real browser: search, filters, keyboard, both themes, no script, paper, and ten thousand changes.
// Screenshots are left in artefacts/.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startBrowser } from "../../scripts/browser.ts";
import type { Plan } from "../../src/reconcile/index.ts";
import { planHtml } from "../../src/report/index.ts";
import { has } from "../support/has.ts";
import { change, desired, plan, plans, refusal, row } from "./plans.ts";
import { screenshot } from "./screenshot.ts";

const every = plans["every-kind"] ?? plan();
const mixed: Plan = {
  ...every,
  base: { name: "origin/main (4f2a91c)" },
  changes: every.changes.map((one, index) => ({ ...one, isPending: index % 3 === 2 })),
};

let browser: Browser;
let folder: string;
let page: Page;
/** What the page did that it should not have done. */
let misdeeds: string[];

beforeAll(async () => {
  browser = await startBrowser();
  folder = mkdtempSync(join(tmpdir(), "autumn-balances-page-"));
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  expect(misdeeds).toEqual([]);
  await page.context().close();
});

async function open(shown: Plan, options: BrowserContextOptions = {}): Promise<void> {
  const file = join(folder, "plan.html");
  writeFileSync(file, planHtml(shown, [refusal]));
  const context = await browser.newContext({ viewport: { width: 1200, height: 1000 }, ...options });
  context.setDefaultTimeout(120_000);
  page = await context.newPage();
  misdeeds = [];
  page.on("console", (message) => misdeeds.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => misdeeds.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => misdeeds.push(`dialog: ${dialog.message()}`));
  page.on("request", (request) => {
    if (request.url() !== pathToFileURL(file).href) misdeeds.push(`request: ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
}

const status = () => page.getByRole("status");
/** The changes that can be seen, as `customer kind`. */
const shown = (): Promise<string[]> =>
  page.evaluate(
    `[...document.querySelectorAll("[data-kind]")].filter((one) => one.checkVisibility()).map((one) =>
      one.closest(".customer").querySelector("h3").textContent + " " + one.dataset.kind)`,
  );
const saysAll = (n: string) => expect.poll(() => status().textContent()).toBe(`All ${n} changes`);
const says = (text: string) => expect.poll(() => status().textContent()).toBe(text);

describe.skipIf(!has("chromium"))("with a script", () => {
  it("searches in all that a change says", async () => {
    await open(every);
    await saysAll("9");
    await page.getByLabel(/^Search/).fill("globex CONTRACT-2027");
    await says("1 of 9 changes, 1 customer");
    expect(await shown()).toEqual(["globex replace"]);
    await page.getByLabel(/^Search/).fill("is used up until its reset");
    await expect.poll(shown).toEqual(["initech blocked"]);
    await page.getByRole("button", { name: "Clear" }).click();
    await saysAll("9");
  });

  it("filters by customer, feature, kind and origin, and by all of them at once", async () => {
    await open(mixed);
    await page.getByLabel("Customer", { exact: true }).fill("nobody");
    await says("0 of 9 changes, 0 customers");
    await page.getByLabel("Customer", { exact: true }).fill("NITECH");
    await says("5 of 9 changes, 1 customer");
    await page.getByLabel("create 3").check();
    await says("2 of 9 changes, 1 customer");
    await page.getByLabel("delete 1").check();
    await says("3 of 9 changes, 1 customer");
    await page.getByLabel("Feature", { exact: true }).selectOption("exports");
    await says("1 of 9 changes, 1 customer");
    expect(await shown()).toEqual(["initech delete"]);
    await page.getByLabel("Comes from").selectOption("the files");
    await says("0 of 9 changes, 0 customers");
    await page.getByRole("button", { name: "Show all changes" }).click();
    await saysAll("9");
    await page.getByLabel("Comes from").selectOption("before (drifted or pending)");
    await says("3 of 9 changes, 2 customers");
  });

  it("is used from the keyboard: the way to the changes, to the search and back", async () => {
    await open(every);
    const focused = () => page.evaluate(`document.activeElement.id || document.activeElement.textContent`);
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Skip to the changes");
    await page.keyboard.press("/");
    expect(await focused()).toBe("search");
    await page.keyboard.type("a/b");
    expect(await page.getByLabel(/^Search/).inputValue()).toBe("a/b");
    await says("0 of 9 changes, 0 customers");
    await page.keyboard.press("Enter");
    const order: unknown[] = [];
    for (let step = 0; step < 4; step++) {
      await page.keyboard.press("Tab");
      order.push(await focused());
    }
    expect(order.slice(0, 3)).toEqual(["customer", "feature", "Clear"]);
    await page.keyboard.press("Space");
    await says("0 of 9 changes, 0 customers");
    expect(await page.getByLabel("create 3").isChecked()).toBe(true);
    const outline = await page.evaluate(
      `getComputedStyle(document.activeElement.closest("label")).outlineStyle`,
    );
    expect(outline).toBe("solid");
  });

  it("follows a link to a change that is filtered out", async () => {
    await open(every);
    await page.getByLabel("create 3").check();
    await says("3 of 9 changes, 2 customers");
    await page.getByRole("link", { name: "exports of initech" }).click();
    await saysAll("9");
    await expect.poll(() => page.locator(":target").getAttribute("data-kind")).toBe("delete");
  });

  it("keeps ten thousand changes at hand: what cannot be seen is not laid out", async () => {
    await open(
      plan({
        changes: Array.from({ length: 10_000 }, (_, n) => {
          const customerId = `customer_${String(n >> 1).padStart(4, "0")}`;
          const kind = n % 4 === 3 ? "update" : "create";
          return change(kind, {
            desired: desired({ customerId, included: n + 1, key: `b${n % 2}` }),
            row: kind === "create" ? null : row({ customerId }),
          });
        }),
      }),
    );
    await saysAll("10,000");
    const skipped = await page.evaluate(
      `[...document.querySelectorAll(".customer")].filter((one) =>
        !one.firstElementChild.checkVisibility({ contentVisibilityAuto: true })).length`,
    );
    expect(skipped).toBeGreaterThan(4_900);
    await page.getByLabel(/^Search/).fill("customer_012");
    await says("20 of 10,000 changes, 10 customers");
    await page.getByLabel("update 2,500").check();
    await says("5 of 10,000 changes, 5 customers");
    await page.screenshot({ path: screenshot("plan-ten-thousand") });
    await page.getByRole("button", { name: "Clear" }).click();
    await saysAll("10,000");
  });
});

describe.skipIf(!has("chromium"))("for every reader", () => {
  it.each(["light", "dark"] as const)("has enough contrast in the %s theme", async (colorScheme) => {
    await open(mixed, { colorScheme });
    await page.screenshot({ path: screenshot(`plan-${colorScheme}`), fullPage: true });
    expect(await page.evaluate(CONTRASTS)).toEqual([]);
    const ground = await page.evaluate(`getComputedStyle(document.body).backgroundColor`);
    expect(ground).toBe(colorScheme === "light" ? "rgb(246, 247, 249)" : "rgb(13, 17, 23)");
  });

  it("is not wider than a phone", async () => {
    const long = change("create", {
      desired: desired({ customerId: "x".repeat(5_000), key: "y".repeat(300) }),
    });
    await open({ ...mixed, changes: [...mixed.changes, long] }, { viewport: { width: 360, height: 3_200 } });
    expect(await page.evaluate(`document.documentElement.scrollWidth`)).toBe(360);
    await page.screenshot({ path: screenshot("plan-phone"), fullPage: true });
  });

  it("shows everything without a script, and no form that does nothing", async () => {
    await open(every, { javaScriptEnabled: false });
    for (const text of ["1 balance is deleted", "Refused", "globex", "30 used stay used", "+50,200"])
      expect(await page.getByText(text).first().isVisible(), text).toBe(true);
    expect(await page.locator("[data-kind]").filter({ visible: true }).count()).toBe(9);
    expect(await page.getByRole("search").count()).toBe(0);
    await page.getByRole("link", { name: "exports of initech" }).click();
    expect(await page.locator(":target").getAttribute("data-kind")).toBe("delete");
    await page.screenshot({ path: screenshot("plan-without-a-script"), fullPage: true });
  });

  it("has landmarks, headings in order and named parts", async () => {
    await open(mixed);
    const outline = await page
      .getByRole("heading")
      .evaluateAll((all) =>
        all.map(
          (one) => `${(one as { tagName: string }).tagName} ${(one as { textContent: string }).textContent}`,
        ),
      );
    expect(outline).toEqual([
      "H1 3 to create, 1 to update, 3 to replace, 1 to delete, 1 blocked",
      "H2 Look at this first",
      "H2 Totals by feature",
      "H2 Changes by customer",
      "H3 acme",
      "H3 globex",
      "H3 initech",
      "H2 Rows without an entry",
    ]);
    for (const role of ["banner", "main", "contentinfo", "search", "status"] as const)
      expect(await page.getByRole(role).count(), role).toBe(1);
    expect(await page.getByRole("region").count()).toBe(4);
    expect(await page.getByRole("row", { name: "api_calls a month -50 +50,200" }).count()).toBe(1);
  });

  it("is printed whole, without what only a screen can do", async () => {
    await open(mixed);
    await page.emulateMedia({ media: "print" });
    expect(await page.getByRole("search").count()).toBe(0);
    expect(
      await page.evaluate(`getComputedStyle(document.querySelector(".customer")).contentVisibility`),
    ).toBe("visible");
    expect((await page.pdf()).byteLength).toBeGreaterThan(10_000);
  });

  it("runs nothing that an id says", async () => {
    const hostile = [
      "</script><script>alert(1)</script>",
      "</style><img src=https://evil.example/x onerror=alert(1)>",
      '"><svg onload=alert(1)>',
      "<iframe srcdoc='<script>alert(1)</script>'>",
      "\u202egnp.exe",
    ];
    await open(
      plan({
        changes: hostile.map((id) =>
          change("create", { desired: desired({ customerId: id, featureId: id, key: id }) }),
        ),
        totals: hostile.map((id) => ({ featureId: id, per: id, added: 1, taken: 0 })),
        warnings: hostile.map((id) => ({ code: id, message: id, hint: id })),
        leftOver: hostile.map((id) => ({
          customerId: id,
          key: id,
          row: row({ featureId: id }),
          isPending: false,
        })),
      }),
    );
    await saysAll("5");
    await page.getByLabel(/^Search/).fill("<svg onload");
    await says("1 of 5 changes, 1 customer");
    expect(await page.locator("img, iframe, main script, svg[onload]").count()).toBe(0);
  });
});

/** Texts with less contrast to what is behind them than WCAG's AA asks for (4.5 to 1). */
const CONTRASTS = `(() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = colour.map((one) => {
      const share = one / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = rgb(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const element of document.querySelectorAll("body *")) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
    if (!hasText || !element.checkVisibility() || element.closest("svg, script, .skip, option")) continue;
    const [a, b] = [luminance(rgb(getComputedStyle(element).color)), luminance(ground(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) low.push(element.className + " " + element.textContent + ": " + contrast.toFixed(2));
  }
  return low;
})()`;
