// What is said of a run: to people, to machines, and in the documents.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { jsonText } from "../../src/document/index.ts";
import { doctorJson, doctorText } from "../../src/report/index.ts";
import { describes } from "../report/published-schema.ts";
import { examined, type LaboratoryOptions } from "./laboratory.ts";
import { OTHERWISE } from "./otherwise.ts";

async function reported(options: LaboratoryOptions) {
  const examination = await examined(options);
  return { baseUrl: "http://autumn", toolVersion: "1.2.3", apiVersion: "2.3.0", examination };
}

it("is short where everything holds, and tells all of it when asked", async () => {
  const report = await reported({});
  await expect(doctorText(report)).toMatchFileSnapshot("golden/holds.txt");
  await expect(doctorText(report, { full: true })).toMatchFileSnapshot("golden/holds-full.txt");
});

it("tells what differs and what follows, in text and JSON", async () => {
  const report = await reported(OTHERWISE["row-can-be-ended"] ?? {});
  await expect(doctorText(report)).toMatchFileSnapshot("golden/differs.txt");
  const json = jsonText(doctorJson(report));
  expect(describes(JSON.parse(json)), JSON.stringify(describes.errors)).toBe(true);
  await expect(json).toMatchFileSnapshot("golden/differs.json");
});

it("is in the documents as it is", async () => {
  const text = doctorText(await reported(OTHERWISE["key-freed-by-refusal"] ?? {}));
  const [example = ""] = /^ {2}differs .*\n(?: {10,}.*\n)+/m.exec(text) ?? [];
  expect(example).toContain("key-freed-by-refusal");
  expect(readFileSync(new URL("../../docs/doctor.md", import.meta.url), "utf8")).toContain(example);
});

it("shows what a server said without what could do harm", async () => {
  const report = await reported({
    otherwise: (asked) =>
      asked.route === "balances.no_such_route"
        ? Promise.resolve(asked.refuse(404, "\u001b[2J\u202e"))
        : asked.pass(),
  });
  const text = doctorText(report);
  expect(text).toContain("a made-up route: 404 \\u{1b}[2J\\u{202e}");
  expect(text).not.toContain("\u001b");
  const differing = report.examination.results.filter(({ verdict }) => verdict !== "holds");
  expect(differing.map(({ fact }) => fact.id)).toEqual(["unknown-route-told"]);
});
