// What a run makes is removed again: when it ends, when it is stopped at any call, and when calls break.
import { expect, it } from "vitest";
import { doctorText, leftOverText } from "../../src/report/index.ts";
import { examined, type LaboratoryOptions, type Run } from "./laboratory.ts";

/** Calls of a run that nothing stops. */
const ALL = await callsOf({});

async function callsOf(options: LaboratoryOptions): Promise<number> {
  const { emulator } = await examined(options);
  return emulator.requests().length;
}

const what = ({ emulator }: Run) => {
  const { customers, features } = emulator.snapshot();
  return { customers: customers.map(({ id }) => id), features: features.map(({ id }) => id) };
};
const NOTHING = { customers: [], features: [] };

const moments = Array.from({ length: 24 }, (_, n) => 1 + Math.floor((n * ALL) / 24));

it.each(moments)("is removed when it is stopped at call %i", async (stopAfter) => {
  const run = await examined({ stopAfter });
  expect(what(run)).toEqual(NOTHING);
  expect(run).toMatchObject({ leftOver: [], failure: null, interrupted: true });
  const reasons = new Set(run.results.map(({ notTried }) => notTried).filter((why) => why !== null));
  expect([...reasons].filter((why) => why !== "interrupted" && why !== "follows")).toEqual([]);
});

it.each(moments.slice(1))("is removed when the answer of call %i is lost", async (lost) => {
  let calls = 0;
  const run = await examined({
    otherwise: async (asked) => {
      calls += 1;
      const response = await asked.pass();
      if (calls === lost) throw new TypeError("fetch failed", { cause: new Error("other side closed") });
      return response;
    },
  });
  expect(what(run)).toEqual(NOTHING);
  expect(run.leftOver).toEqual([]);
  const differing = run.results.filter(({ verdict }) => verdict === "does_not_hold");
  expect(differing.map(({ fact }) => fact.id)).toEqual([]);
});

it("is told when the server cannot be reached any more", async () => {
  let calls = 0;
  const run = await examined({
    otherwise: async (asked) => {
      calls += 1;
      if (calls > 50) throw new TypeError("fetch failed", { cause: new Error("other side closed") });
      return asked.pass();
    },
  });
  expect(run.failure?.message).toContain("other side closed");
  const left = [...run.leftOver].map(({ id }) => id);
  expect(left).toEqual(expect.arrayContaining([...what(run).customers, ...what(run).features]));
  expect(leftOverText(run.leftOver)).toContain("could not be removed from the sandbox:\n  customer autumn-");
});

it("falls back on the REST call for customers, which older servers have alone", async () => {
  let deleted = 0;
  const run = await examined({
    otherwise: async (asked) => {
      if (asked.route === "customers.delete") return asked.refuse(401, "no_auth_header");
      if (asked.method !== "DELETE") return asked.pass();
      deleted += 1;
      const customer_id = decodeURIComponent(asked.route.replace("customers/", ""));
      asked.deleteCustomer(customer_id);
      return asked.success();
    },
  });
  expect(deleted).toBeGreaterThan(20);
  expect(what(run)).toEqual(NOTHING);
  expect(run.leftOver).toEqual([]);
});

it("archives features that the server does not let go, and tells what is left", async () => {
  const run = await examined({
    otherwise: async (asked) => {
      const isCustomer = asked.route === "customers.delete" || asked.method === "DELETE";
      return isCustomer ? asked.refuse(401, "no_auth_header") : asked.pass();
    },
  });
  const { customers, features } = what(run);
  expect(run.leftOver.map(({ id }) => id).sort()).toEqual([...customers, ...features].sort());
  expect(run.leftOver.find(({ kind }) => kind === "customer")?.why).toBe(
    "the server has no call that deletes customers",
  );
  expect(run.leftOver.find(({ kind }) => kind === "feature")?.why).toBe("archived (400 invalid_request)");
  expect(run.emulator.snapshot().features.every(({ archived }) => archived)).toBe(true);
  const report = { baseUrl: "http://autumn", toolVersion: "1", apiVersion: "2.3.0", examination: run };
  expect(doctorText(report)).toContain(
    `${run.leftOver.length} things that this made could not be removed from the sandbox:`,
  );
});
