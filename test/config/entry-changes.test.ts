// What commits did to entries, without git.
import { expect, it } from "vitest";
import { entryChanges } from "../../src/config/entry-changes.ts";

it("reads a commit that adds more entries than a call takes arguments", async () => {
  const many = 140_000;
  const customers = Array.from({ length: many }, (_, n) => `"c${n}"`).join(",");
  const text = `{"version":1,"namespace":"contracts","balances":[],"grants":[{"id":"g","feature_id":"exports","included":1,"to":{"customers":[${customers}]}}]}`;
  const commit = { id: "a".repeat(40), at: 0, author: "Author", subject: "All", isFirst: true };
  const version = { path: "balances.json", blob: "b".repeat(40) };
  const { changes } = await entryChanges(
    { before: [], steps: [{ commit, removed: [], added: [version] }], isCut: false },
    {
      textOf: () => ({ text }),
      nameOf: (path) => path,
      namespace: "contracts",
      beforeEach: async () => {},
    },
  );
  expect(changes).toHaveLength(many);
});
