import { expect, it } from "vitest";
import { withQuotes } from "../../src/text/index.ts";

it.each([
  ["write it like 2027-01-31T00:00:00Z", 'write it like "2027-01-31T00:00:00Z"'],
  ["write 1798761600000 or 2027-01-01T00:00:00.5Z", 'write 1798761600000 or "2027-01-01T00:00:00.5Z"'],
  [
    "write 2027-01-31T00:00:00Z for UTC, or end it with your zone: 2027-01-31T00:00:00+01:00",
    'write "2027-01-31T00:00:00Z" for UTC, or end it with your zone: "2027-01-31T00:00:00+01:00"',
  ],
  ["write for example month", 'write for example "month"'],
  ['it is "2027-01-31T00:00:00Z", and its last day is 2027-02-28', undefined],
])("%s", (hint, quoted = hint) => {
  expect(withQuotes(hint)).toBe(quoted);
});
