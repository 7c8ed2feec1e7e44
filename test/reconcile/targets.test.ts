// What only the server knows of an entry: said while planning, at the line of the entry, all of it at once.
import { describe, expect, it } from "vitest";
import { type BalanceEntry, desiredBalance, type Problem, ProblemsError } from "../../src/schema/index.ts";
import { ACME, monthly, oneOff, summary } from "./entries.ts";
import { LEVELS, World } from "./world.ts";

async function problemsOf(world: World, entries: readonly BalanceEntry[]): Promise<readonly Problem[]> {
  const balances = entries.map((entry, index) =>
    desiredBalance(entry, { file: "balances.yaml", line: index + 1, column: 5 }),
  );
  try {
    await world.plan([], { balances });
  } catch (error) {
    if (error instanceof ProblemsError) return error.problems;
    throw error;
  }
  return [];
}

const seat = { entity_id: "seat_1" } as const;
const NEW_YEAR = Date.UTC(2090, 0, 1);

describe.each(LEVELS)("while planning, server of %s", (level) => {
  it.each<[string, BalanceEntry, string]>([
    ["an unknown feature", oneOff(1, { feature_id: "storrage" }), "unknown-feature"],
    ["an unknown customer", oneOff(1, { customer_id: "initech" }), "unknown-customer"],
    ["an unknown entity", oneOff(1, { entity_id: "seat_9" }), "unknown-entity"],
    ["an entity's own feature", oneOff(1, { feature_id: "seats", ...seat }), "feature-of-the-entity"],
    ["an amount of a boolean", oneOff(1, { feature_id: "sso" }), "boolean-feature"],
    ["no amount", { ...ACME, feature_id: "storage" }, "no-grant"],
    ["seats that reset", monthly(1, { feature_id: "seats" }), "feature-does-not-reset"],
    ["nothing to adopt", oneOff(1, { adopt: "nobody" }), "nothing-to-adopt"],
  ])("says at its place: %s", async (_, entry, code) => {
    const world = new World({ level });
    const problems = await problemsOf(world, [oneOff(1, { id: "fine" }), entry]);
    expect(problems).toMatchObject([{ code, place: { file: "balances.yaml", line: 2, column: 5 } }]);
    expect(problems[0]?.hint).toBeTruthy();
    expect(world.sent("create")).toEqual([]);
  });

  it("says once what is wrong in several phases, and each other thing that is wrong in one", async () => {
    const phased = (feature_id: string, ...phases: NonNullable<BalanceEntry["phases"]>): BalanceEntry => ({
      ...ACME,
      feature_id,
      phases,
    });
    const problems = await problemsOf(new World({ level }), [
      phased("nothing", { included: 1, ends_at: NEW_YEAR }, { included: 2 }),
      phased("storage", { ends_at: NEW_YEAR }, { included: 2, ends_at: NEW_YEAR + 1 }, {}),
      phased("sso", { included: 1, ends_at: NEW_YEAR }, { unlimited: true }),
    ]);
    expect(problems.map(({ code, place }) => `${place?.line} ${code}`)).toEqual([
      "1 unknown-feature",
      "2 no-grant",
      "3 boolean-feature",
      "3 boolean-feature",
    ]);
  });

  it("says everything that is wrong, in the order of the entries", async () => {
    const world = new World({ level });
    const problems = await problemsOf(world, [
      oneOff(1, { customer_id: "initech" }),
      oneOff(1, { entity_id: "seat_9" }),
      oneOff(1, { customer_id: "umbrella" }),
    ]);
    expect(problems.map(({ place }) => place?.line)).toEqual([1, 2, 3]);
  });

  it("says which id it is that Autumn does not take", async () => {
    const world = new World({ level });
    world.emulator.inject({
      route: "POST /v1/entities.get",
      kind: "status",
      status: 400,
      code: "invalid_inputs",
      message: "entity_id: cannot contain spaces",
    });
    const refused = { code: "invalid_inputs", hint: "write the id that the customer has in Autumn" };
    expect(
      await problemsOf(world, [oneOff(1, { customer_id: "jane doe" }), oneOff(1, { entity_id: "seat 1" })]),
    ).toMatchObject([
      { ...refused, message: expect.stringContaining('does not take customer "jane doe": ') },
      {
        code: "invalid_inputs",
        message: expect.stringContaining('does not take entity "seat 1": '),
        hint: "write the id that the entity has in Autumn",
      },
    ]);
  });

  it("suggests the feature that was meant", async () => {
    const world = new World({ level });
    const [problem] = await problemsOf(world, [oneOff(1, { feature_id: "storrage" })]);
    expect(problem?.hint).toBe("did you mean storage?");
  });

  it("creates customers that are missing where that was asked for, once each", async () => {
    const world = new World({ level });
    const entries = [monthly(5, { customer_id: "initech" }), oneOff(7, { customer_id: "initech" })];
    const plan = await world.converge(entries, { createCustomers: true });
    expect(plan.changes).toMatchObject([{ createsCustomer: true }, { createsCustomer: true }]);
    expect(world.calls.filter(({ call }) => call === "customers.get_or_create")).toHaveLength(1);
    expect(await world.live("initech")).toMatchObject([{ grant: 5 }, { grant: 7 }]);
  });

  it("does not create a customer for an entity that nobody has", async () => {
    const world = new World({ level });
    const entry = oneOff(7, { customer_id: "initech", ...seat });
    await expect(world.plan([entry], { createCustomers: true })).rejects.toMatchObject({
      problems: [{ code: "unknown-entity" }],
    });
  });

  it("lets entries pass of a customer with an id full of traps", async () => {
    const world = new World({ level });
    const customer_id = "a/b?c=d&e#f %20 é~2:";
    world.emulator.seed({ customers: [{ id: customer_id }] });
    const entry = oneOff(7, { customer_id, id: "x:y/z?~a" });
    await world.converge([entry]);
    expect(summary(await world.plan([entry]))).toEqual([]);
    await world.converge([{ ...entry, expires_at: Date.UTC(2027, 1, 1) }]);
    await world.converge([entry]);
    expect(await world.live(customer_id)).toMatchObject([{ id: "test:x:y/z?~a~2", grant: 7 }]);
  });
});
