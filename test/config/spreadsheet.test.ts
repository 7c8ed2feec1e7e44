// Tables become entries, or it is said where they are wrong: what a spreadsheet holds is never passed over.
import { describe, expect, it } from "vitest";
import { entriesOfTable, readMapping, readTable, usualMapping } from "../../src/config/index.ts";

function entriesOf(text: string) {
  const read = readTable(text, "promised.csv");
  if ("problems" in read) return { entries: [], problems: read.problems };
  return entriesOfTable(read.table, usualMapping(read.table.header));
}

const problemsOf = (text: string) =>
  entriesOf(text).problems.map(({ message, hint, place }) => ({
    at: `${place?.line}:${place?.column}`,
    message,
    hint,
  }));
const amount = (cell: string) => `customer_id,feature_id,included\nacme,exports,${cell}\n`;

describe("an amount in a cell", () => {
  it.each([
    ["333.3333333333333", 333.3333333333333],
    ["1.234567890123456789", 1.2345678901234567],
    ["0.00000000000000000001", 1e-20],
    ["9007199254740991", 9007199254740991],
  ])("of %s is taken with all of its digits", (cell, included) => {
    expect(entriesOf(amount(cell)).entries).toMatchObject([{ included }]);
  });

  it.each([
    ["9007199254740993", "9007199254740993", ", at most 9007199254740991"],
    ["-5", "-5", ""],
    ["99999999999999999999", '"99999999999999999999"', ", at most 9007199254740991"],
  ])("of %s is refused as it stands there", (cell, shown, most) => {
    expect(problemsOf(amount(cell))[0]).toMatchObject({
      at: "2:14",
      message: `\`included\` is ${shown}, but must be a number above 0${most}`,
    });
  });

  it("is told of without quotes that nobody wrote", () => {
    const text = "customer_id,feature_id,included,expires_at\nacme,exports,5,1893456000\n";
    expect(problemsOf(text)[0]?.hint).toBe("write 1893456000000 or 2030-01-01T00:00:00Z");
  });
});

describe("a header", () => {
  it.each([
    ["acme,exports,5\n", "its columns are `acme`, `exports`, `5`"],
    ["Customer_ID,feature_id\nacme,exports\n", "did you mean `Customer_ID`?"],
  ])("without what every entry needs is wrong at its place: %j", (text, hint) => {
    expect(problemsOf(text)[0]).toEqual({
      at: "1:1",
      message: "promised.csv has no column `customer_id`",
      hint: `name yours in a mapping file, for --map; ${hint}`,
    });
  });

  it("with a name twice is wrong where it stands again", () => {
    const text = "customer_id,feature_id,included,included\nacme,exports,5,6\n";
    expect(problemsOf(text)).toMatchObject([{ at: "1:33" }]);
  });
});

it("leaves out what people write for people", () => {
  const text = "customer_id,feature_id,included,owner\nacme,exports,5,Jane\n";
  expect(entriesOf(text)).toMatchObject({ entries: [{ customer_id: "acme", included: 5 }], problems: [] });
});

describe("what no cell can say", () => {
  it.each([
    ["reset", "month"],
    ["reset.interval", "month"],
    ["rollover", "10"],
    ["adopt", "launch-gift"],
    ["starts_at", "2030-01-01T00:00:00Z"],
    ["protected", "true"],
  ])("is not passed over: %s", (name, cell) => {
    const text = `customer_id,feature_id,included,${name}\nacme,exports,5,${cell}\nglobex,exports,5,\n`;
    const { entries } = entriesOf(text);
    expect(entries).toMatchObject([{ customer_id: "globex" }]);
    expect(problemsOf(text)).toMatchObject([{ at: "2:16", message: `\`${name}\` cannot be said by a cell` }]);
  });
});

it("passes over rows of separators alone, and counts their lines", () => {
  const { entries, problems } = entriesOf(
    "customer_id;feature_id;included\n;;\nacme;exports;5\n;;\nglobex;exports;x\n",
  );
  expect(entries).toMatchObject([{ customer_id: "acme" }]);
  expect(problems).toMatchObject([{ place: { line: 5, column: 16 } }]);
});

describe("the conditions of a mapping file", () => {
  const CSV = "customer_id, Code, Active\na, 007, TRUE\nb, 7, FALSE\n";
  const chosenBy = (where: string) => {
    const read = readTable(CSV, "promised.csv");
    const text = `columns: { customer_id: customer_id }\nbalance: { feature_id: exports }\nwhere: ${where}\n`;
    const made = readMapping(text, "map.yaml");
    if ("problems" in made) return made.problems.map(({ hint }) => hint);
    if ("problems" in read) return read.problems;
    return entriesOfTable(read.table, made.mapping).entries.map((entry) => entry.customer_id);
  };

  it.each([
    ["{ Code: 007 }", ["a"]],
    ["{ Code: [7] }", ["b"]],
    ["{ Active: true }", ["a"]],
    ["{ Active: [true, false] }", ["a", "b"]],
    ["{ Active: [] }", ["write a value, or remove it"]],
  ])("mean what they say: %s", (where, customers) => {
    expect(chosenBy(where)).toEqual(customers);
  });
});
