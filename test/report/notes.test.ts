// Reason, ticket and owner in every report of a plan, and whatever they hold, nothing but text.
import { describe, expect, it } from "vitest";
import { planJson } from "../../src/document/index.ts";
import { planHtml, planMarkdown, planText } from "../../src/report/index.ts";
import { change, desired, plan } from "./plans.ts";

const noted = (reason: string, ticket: string, owner: string) =>
  plan({ changes: [change("create", { desired: desired({ note: { reason, ticket, owner } }) })] });

describe("what an entry says to people", () => {
  const shown = noted("Renewal of the contract", "https://tickets.example/FIN-1", "finance");

  it("is in the text", () => {
    expect(planText(shown)).toContain(
      "        reason: Renewal of the contract; ticket https://tickets.example/FIN-1; owner finance\n",
    );
  });

  it("is in Markdown, where nothing of it is a link", () => {
    expect(planMarkdown(shown)).toContain(
      "reason: Renewal of the contract; ticket `https://tickets.example/FIN-1`; owner `finance`",
    );
  });

  it("is in the page, which can be filtered by owner", () => {
    const html = planHtml(shown);
    expect(html).toContain(
      "reason: Renewal of the contract; ticket <code>https://tickets.example/FIN-1</code>",
    );
    expect(html).toContain(
      '<select id="owner"><option value="">anybody</option><option value="0">finance</option>',
    );
    expect(html).toContain('data-feature="0" data-owner="0"');
    expect(planHtml(plan({ changes: [change("create")] }))).not.toContain('id="owner"');
  });

  it("is in the JSON", () => {
    expect(planJson(shown, [])).toMatchObject({
      changes: [{ desired: { reason: "Renewal of the contract", owner: "finance" } }],
    });
  });

  it("acts on nothing", () => {
    const evil = noted(
      "<img src=x onerror=alert(1)> **b** ##[error]",
      "javascript:alert(1)",
      "</option><script>\u202e",
    );
    expect(planHtml(evil)).not.toMatch(/<img|<\/option><script>|\u202e/);
    expect(planMarkdown(evil)).toContain("`<img` `src=x` `onerror=alert(1)>` `**b**`");
    expect(planText(evil)).not.toMatch(/\u202e|##\[/);
  });
});
