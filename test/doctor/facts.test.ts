// Every fact holds on the emulator, at both levels; and on a server that is otherwise in one respect, exactly that
// fact is found not to hold, and what follows from it is not tried.
import { describe, expect, it } from "vitest";
import { FACT_GROUPS } from "../../src/doctor/index.ts";
import { examined } from "./laboratory.ts";
import { OTHERWISE } from "./otherwise.ts";

const facts = FACT_GROUPS.flatMap((group) => group.facts);
const ids = facts.map(({ id }) => id);

/** The facts that need this one, or one that needs it. */
function following(id: string): Set<string> {
  const found = new Set<string>([id]);
  // A fact comes after those that it needs.
  for (const fact of facts) if (fact.needs?.some((need) => found.has(need))) found.add(fact.id);
  found.delete(id);
  return found;
}

describe("facts", () => {
  it("have names of their own, which stay", () => {
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z]+(?:-[a-z]+)+$/.test(id))).toEqual([]);
  });

  it("come after those that they need", () => {
    facts.forEach(({ needs = [] }, index) => {
      for (const need of needs) expect(ids.slice(0, index)).toContain(need);
    });
  });

  it.each(["2026-08", "2026-10"] as const)("hold on the emulator of %s", async (level) => {
    const { results, leftOver, failure, emulator } = await examined({ emulator: { level } });
    expect(results.filter(({ verdict }) => verdict !== "holds")).toEqual([]);
    expect(results.map(({ fact }) => fact.id)).toEqual(ids);
    expect({ leftOver, failure }).toEqual({ leftOver: [], failure: null });
    expect(emulator.snapshot()).toMatchObject({ customers: [], features: [] });
  });

  it("tell in which way a server is right, where there are several", async () => {
    const [older, newer] = await Promise.all(
      (["2026-08", "2026-10"] as const).map(async (level) => {
        const { results } = await examined({ emulator: { level } });
        return new Map(results.map(({ fact, variant }) => [fact.id, variant]));
      }),
    );
    const differing = ids.filter((id) => older?.get(id) !== newer?.get(id));
    const told = differing.map((id) => `${id}: ${older?.get(id)} | ${newer?.get(id)}`);
    await expect(`${told.join("\n")}\n`).toMatchFileSnapshot("golden/variants.txt");
  });

  it("are each tried on a server that is otherwise", () => {
    expect(Object.keys(OTHERWISE).sort()).toEqual([...ids].sort());
  });
});

describe("a server that is otherwise", () => {
  it.each(Object.entries(OTHERWISE))("in %s", async (id, options) => {
    const { results, failure } = await examined(options);
    const found = results.filter(({ verdict }) => verdict === "does_not_hold");
    expect(found.map(({ fact, seen }) => [fact.id, seen])).toEqual([[id, expect.any(String)]]);
    const untried = results.filter(({ verdict }) => verdict === "not_tried");
    expect(untried.map(({ notTried, seen }) => [notTried, seen])).toEqual(
      untried.map(() => ["follows", expect.stringMatching(/^it follows from /)]),
    );
    expect(new Set(untried.map(({ fact }) => fact.id))).toEqual(following(id));
    expect(failure).toBeNull();
  });
});
