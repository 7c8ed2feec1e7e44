// Plans as HTML: the golden files are the specification. Whatever ids are like, the page is valid, has the elements
// that were meant, and lets nothing in.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { HtmlValidate } from "html-validate";
import { describe, expect, it } from "vitest";
import { planHtml } from "../../src/report/index.ts";
import { POLICY, SCRIPT, STYLE } from "../../src/report/page/assets.generated.ts";
import { anyPlan, hostile, problem } from "./arbitrary.ts";
import { plans, refusal, renamed } from "./plans.ts";

const validator = new HtmlValidate({
  extends: ["html-validate:standard", "html-validate:a11y"],
  rules: {
    // As long as a plan has changes, and the page is made by a program: neither is for people to read.
    "long-title": "off",
    "no-trailing-whitespace": "off",
    // The policy lets in one style and one script, which the page carries with it.
    "require-csp-nonce": "off",
    // What is typed holds at once; there is nothing to submit.
    "wcag/h32": "off",
  },
});

async function complaints(html: string): Promise<string[]> {
  const { results } = await validator.validateString(html);
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line, column }) => `${line}:${column} ${ruleId}: ${message}`),
  );
}

/** The page without what is the same on each of them. */
const own = (html: string): string => html.replace(STYLE, "…").replace(SCRIPT, "…").replace(POLICY, "…");

describe("a plan as HTML", () => {
  it.each(Object.entries(plans))("%s", async (name, plan) => {
    const html = planHtml(plan, name === "every-kind" ? [refusal] : []);
    await expect(own(html)).toMatchFileSnapshot(`golden/plan-${name}.html`);
    expect(await complaints(html)).toEqual([]);
  });

  it("lets in its own style and its own script, and no network", () => {
    const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    expect(POLICY.split("; ")).toEqual([
      "default-src 'none'",
      `style-src ${hash(STYLE)}`,
      `script-src ${hash(SCRIPT)}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    const html = planHtml(plans["every-kind"] ?? fail());
    expect(html).toContain(`<style>${STYLE}</style>`);
    expect(html).toContain(`<script>${SCRIPT}</script>`);
    expect(own(html)).not.toMatch(/ (?:src|style|on\w+)=|url\(/);
  });
});

const fail = (): never => {
  throw new Error("there is no such plan");
};

/** The elements and attributes of a page, without what ids say. */
const form = (html: string): string[] => own(html).match(/<(?:[^<>"]|"[^"]*")*>/g) ?? [];

describe("any plan as HTML", () => {
  it("is a valid page, and harmless", async () => {
    await fc.assert(
      fc.asyncProperty(anyPlan, fc.array(problem, { maxLength: 2 }), async (plan, problems) => {
        const html = planHtml(
          plan,
          problems.map((one) => ({ ...one, forcible: true })),
        );
        expect(await complaints(html)).toEqual([]);
        expect(html).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(own(html)).not.toMatch(/undefined|NaN|\[object/);
        expect(html.match(/ data-kind="/g) ?? []).toHaveLength(plan.changes.length);
      }),
      { numRuns: 60 },
    );
  });

  it("has the same elements whatever the ids are", () => {
    fc.assert(
      fc.property(anyPlan, hostile, (plan, id) => {
        const written = (ending: string): string[] => {
          const names = new Map<string, string>();
          // They begin alike, so that they are sorted alike.
          const rename = (text: string): string => {
            const name = names.get(text) ?? `n${String(names.size).padStart(4, "0")}${ending}`;
            names.set(text, name);
            return name;
          };
          return form(planHtml(renamed(plan, rename)));
        };
        expect(written(id)).toEqual(written("id"));
      }),
      { numRuns: 100 },
    );
  });
});
