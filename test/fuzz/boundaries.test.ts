// Whatever comes across a boundary is answered with a value or with an error that is meant for people: never with a
// crash. The loader of YAML has a file of its own, test/config/fuzz.test.ts. RUNS makes a longer one of it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readRun } from "../../src/action/event.ts";
import { AutumnClient, AutumnError } from "../../src/autumn/index.ts";
import { decodeMsgpack } from "../../src/provider/protocol/values/decode.ts";
import type { CtyType } from "../../src/provider/protocol/values/type.ts";
import { ValueError } from "../../src/provider/protocol/values/value.ts";
import { savedPlanText } from "../../src/saved/index.ts";
import { readSavedPlan } from "../../src/saved/read.ts";
import { ProblemsError } from "../../src/schema/index.ts";
import { folder } from "../cli/helper.ts";
import { plan } from "../report/plans.ts";

const numRuns = Number(process.env.RUNS ?? 300);
const KEY = "am_sk_test_Zk9vQ2xlYW5Lyw7";

/** Values that look like answers of the API, until one looks closer. */
const { tree: answer } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, 0, -1, 1e308, "", "acme", "__proto__", "\u001b[31m", "2027-01-31T00:00:00Z"),
    fc.double(),
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        ...[
          "list",
          "balances",
          "breakdown",
          "features",
          "flags",
          "id",
          "customer_id",
          "entitlement",
          "reset",
        ],
        ...[
          "has_more",
          "next_cursor",
          "allowance",
          "adjustment",
          "balance",
          "expires_at",
          "code",
          "__proto__",
        ],
      ),
      tie("tree"),
      { maxKeys: 6 },
    ),
  ),
}));

describe("an answer of the API", () => {
  const text = fc.oneof(
    answer.map((value) => JSON.stringify(value)),
    fc.string({ unit: "binary", maxLength: 40 }),
  );
  const status = fc.constantFrom(200, 200, 200, 204, 301, 400, 401, 404, 409, 429, 500, 599);
  const header = fc.constantFrom(...["retry-after", "x-ratelimit-limit", "x-ratelimit-remaining", "date"]);
  const headers = fc.dictionary(
    header,
    fc.constantFrom("", "-1", "0", "1e999", "NaN", "soon", "9".repeat(400)),
  );

  it("is read, or is an error of the API", async () => {
    let now = Date.UTC(2027, 0, 1);
    const clock = {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms;
      },
    };
    await fc.assert(
      fc.asyncProperty(text, status, headers, async (body, code, fields) => {
        const bodiless = code === 204 || code === 301;
        const client = new AutumnClient({
          baseUrl: "https://autumn.example",
          secretKey: KEY,
          fetch: async () => new Response(bodiless ? null : body, { status: code, headers: fields }),
          clock,
          random: () => 0,
          maxRetries: 1,
        });
        const calls = [
          () => client.listFeatures(),
          () => client.getCustomer("acme"),
          () => client.getEntity("acme", "seat_1"),
          () => client.listEntities("acme", null),
          () => client.listCustomers(null),
          () => client.listBalances("acme", null),
          () => client.listRawBalances("acme"),
        ];
        for (const call of calls) {
          const thrown = await call().then(
            () => undefined,
            (error: unknown) => error,
          );
          if (thrown === undefined) continue;
          expect(thrown).toBeInstanceOf(AutumnError);
          expect(String(thrown)).not.toContain(KEY);
        }
      }),
      { numRuns },
    );
    expect(Object.hasOwn(Object.prototype, "list")).toBe(false);
  });
});

describe("a saved plan", () => {
  const saved = {
    id: "0".repeat(32),
    toolVersion: "1.0.0",
    plan: plan(),
    refusals: [],
    balances: [],
    createCustomers: false,
    appliedAt: null,
  };
  const text = savedPlanText(saved, KEY);

  it("with anything cut out of it or put into it is refused", () => {
    const at = fc.nat({ max: text.length });
    fc.assert(
      fc.property(
        at,
        fc.nat({ max: 200 }),
        fc.string({ unit: "binary", maxLength: 20 }),
        (from, cut, put) => {
          const other = text.slice(0, from) + put + text.slice(from + cut);
          let read: unknown;
          try {
            read = readSavedPlan(other, KEY, "1.0.0");
          } catch (error) {
            expect(error).toBeInstanceOf(ProblemsError);
            return;
          }
          // White space between the parts is nobody's business.
          expect(read).toEqual(readSavedPlan(text, KEY, "1.0.0"));
        },
      ),
      { numRuns },
    );
  });
});

describe("a value from Terraform", () => {
  const { type } = fc.letrec<{ type: CtyType }>((tie) => ({
    type: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<CtyType>("string", "number", "bool", "dynamic"),
      fc.tuple(
        fc.constantFrom("list" as const, "set" as const, "map" as const),
        tie("type"),
      ) as fc.Arbitrary<unknown> as fc.Arbitrary<CtyType>,
      fc.tuple(
        fc.constant("object" as const),
        fc.dictionary(fc.constantFrom("a", "__proto__"), tie("type")),
      ) as fc.Arbitrary<unknown> as fc.Arbitrary<CtyType>,
    ),
  }));

  it("of any bytes is a value, or an error that says where", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), type, (bytes, of) => {
        try {
          decodeMsgpack(bytes, of);
        } catch (error) {
          expect(error).toBeInstanceOf(ValueError);
        }
      }),
      { numRuns: numRuns * 5 },
    );
  });
});

describe("an event of GitHub", () => {
  it("of any JSON tells at most which pull request it is about", () => {
    const cwd = folder();
    const path = join(cwd, "event.json");
    const event = fc.oneof(
      fc.json(),
      fc
        .record(
          {
            pull_request: fc.oneof(
              answer,
              fc.record({ number: fc.oneof(fc.integer(), answer), head: answer, base: answer }),
            ),
            issue: answer,
          },
          { requiredKeys: [] },
        )
        .map((value) => JSON.stringify(value)),
      fc.string({ unit: "binary", maxLength: 30 }),
    );
    fc.assert(
      fc.property(event, (text) => {
        writeFileSync(path, text);
        const { pullRequest } = readRun({ GITHUB_EVENT_PATH: path, GITHUB_WORKSPACE: cwd });
        if (pullRequest === undefined) return;
        expect(pullRequest.number).toBeGreaterThan(0);
        for (const sha of [pullRequest.headSha, pullRequest.baseSha]) {
          expect(sha ?? "0".repeat(40)).toMatch(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/);
        }
      }),
      { numRuns },
    );
  });
});
