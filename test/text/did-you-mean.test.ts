// The word that was probably meant.
import { describe, expect, it } from "vitest";
import { didYouMean, editDistance } from "../../src/text/did-you-mean.ts";

describe("did you mean", () => {
  it.each([
    ["month", "month", 0],
    ["mnoth", "month", 1],
    ["mont", "month", 1],
    ["months", "month", 1],
    ["", "abc", 3],
    ["kitten", "sitting", 3],
  ])("counts the edits from %j to %j", (a, b, edits) => {
    expect(editDistance(a, b)).toBe(edits);
    expect(editDistance(b, a)).toBe(edits);
  });

  const known = ["customer_id", "feature_id", "id", "included", "reset"];
  it.each([
    ["customerId", "customer_id"],
    ["Customer-ID", "customer_id"],
    ["feature id", "feature_id"],
    ["inclued", "included"],
    ["rest", "reset"],
    ["x", undefined],
    ["colour", undefined],
    ["toString", undefined],
    ["x".repeat(1_000_000), undefined],
    ["INCLUDED", "included"],
  ])("takes %j for %j", (word, meant) => {
    expect(didYouMean(word.slice(0, 1_000_000), known)).toBe(meant);
  });

  it("knows other words for the same thing, but only where they fit", () => {
    expect(didYouMean("Grant", known, { grant: "included" })).toBe("included");
    expect(didYouMean("Grant", ["a"], { grant: "included" })).toBeUndefined();
    expect(didYouMean("constructor", known, {})).toBeUndefined();
  });

  it.each([
    ["exports", "Exports"],
    ["EXPROTS", "Exports"],
    ["Exprots", "Exports"],
    ["apicalls", "API_CALLS"],
    ["api_calls", "API_CALLS"],
    ["apiCalls", "API-calls"],
  ])("takes %j for %j, as ids have upper case too", (word, meant) => {
    expect(didYouMean(word, ["seats", meant])).toBe(meant);
  });
});
