// Two resources that are about one balance, in whichever order Terraform asks.
import { describe, expect, it } from "vitest";
import { Run } from "../../src/provider/claims.ts";

const questions = {
  stays: (run: Run, balance: string) => run.planStay(balance),
  goes: (run: Run, balance: string) => run.planRemoval(balance),
  comes: (run: Run, balance: string) => run.planCreation(balance, false),
  replaces: (run: Run, balance: string) => run.planCreation(balance, true),
};
type Question = keyof typeof questions;

const ask = (run: Run, ...asked: Question[]) => asked.map((question) => questions[question](run, "a"));

describe("a run", () => {
  it.each<[Question, Question, string]>([
    ["goes", "comes", "moved"],
    ["goes", "replaces", "moved"],
    ["goes", "stays", "shared"],
    ["comes", "stays", "twice"],
    ["comes", "comes", "twice"],
    ["comes", "replaces", "twice"],
  ])("tells the second of a resource that %s and one that %s, in both orders", (a, b, clash) => {
    expect(ask(new Run(), a, b)).toEqual([undefined, clash]);
    expect(ask(new Run(), b, a)).toEqual([undefined, clash]);
  });

  it.each<[Question, Question]>([
    ["stays", "replaces"],
    ["goes", "goes"],
    ["stays", "stays"],
  ])("has nothing to say of a resource that %s and one that %s", (a, b) => {
    expect(ask(new Run(), a, b)).toEqual([undefined, undefined]);
  });

  it("does not confuse balances, and creates none that it has destroyed", () => {
    const run = new Run();
    run.planRemoval("a");
    run.beginRemoval("b");
    expect(run.planCreation("c", false)).toBeUndefined();
    expect(run.planCreation("b", false)).toBe("destroyed");
    expect(run.isToCreate("b")).toBe(false);
    expect(run.isToCreate("c")).toBe(true);
  });
});
