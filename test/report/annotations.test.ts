// What CI systems show at the lines of a file. The golden files are the specification.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { githubAnnotations, gitlabQuality, junit, sarif } from "../../src/report/index.ts";
import { problem } from "./arbitrary.ts";

const problems = [
  {
    code: "unknown-field",
    message: "`custmer_id` is unknown",
    hint: "did you mean `customer_id`?",
    place: { file: "./teams/a, b: 100%.yaml", line: 3, column: 5 },
  },
  {
    code: "unknown-field",
    message: "`custmer_id` is unknown",
    place: { file: "./teams/a, b: 100%.yaml", line: 9, column: 5 },
  },
  { code: "no-files", message: "there is no balances.yaml" },
];

const formats: Readonly<Record<string, (its: typeof problems) => string>> = {
  "github.txt": (its) => githubAnnotations(its),
  "gitlab.json": (its) => gitlabQuality(its, "balances.yaml"),
  "sarif.json": (its) => sarif(its, { version: "1.2.3", file: "balances.yaml" }),
  "junit.xml": (its) => junit(its, ["balances.yaml", "./teams/a, b: 100%.yaml", "fine.yaml"]),
};

describe.each(Object.entries(formats))("problems as %s", (name, format) => {
  it("says where and what", async () => {
    await expect(format(problems)).toMatchFileSnapshot(`golden/problems-${name}`);
  });

  it("is complete when nothing is wrong", async () => {
    await expect(format([])).toMatchFileSnapshot(`golden/no-problems-${name}`);
  });
});

/** As the runner reads a line: the command, its properties, its message. */
function command(line: string) {
  const [, name, properties = "", message = ""] = /^::(\w+) ([^:]*)::(.*)$/s.exec(line) ?? [];
  const unescaped = (text: string): string =>
    text
      .replace(/%3A/g, ":")
      .replace(/%2C/g, ",")
      .replace(/%0A/g, "\n")
      .replace(/%0D/g, "\r")
      .replace(/%25/g, "%");
  const pairs = properties.split(",").map((pair): [string, string] => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), unescaped(pair.slice(at + 1))];
  });
  return { name, properties: Object.fromEntries(pairs), message: unescaped(message) };
}

const few = fc.array(problem, { maxLength: 4 });
/** Controls but the line break, and half characters. */
const HARMFUL = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe("any problems", () => {
  it("are one command of GitHub's each", () => {
    fc.assert(
      fc.property(few, (problems) => {
        const text = githubAnnotations(problems, { level: "warning" });
        expect(text).not.toMatch(HARMFUL);
        const commands = text.split("\n").slice(0, -1).map(command);
        expect(commands.map(({ name, properties }) => [name, Object.keys(properties)])).toEqual(
          problems.map(({ place }) => ["warning", [...(place ? ["file", "line", "col"] : []), "title"]]),
        );
        for (const [index, { place }] of problems.entries())
          if (place) expect(commands[index]?.properties.line).toBe(String(place.line));
      }),
    );
  });

  it("are told apart by their fingerprints, and recognised on other lines", () => {
    fc.assert(
      fc.property(few, (problems) => {
        const marks = (its: typeof problems): string[] =>
          (JSON.parse(gitlabQuality(its, "b.yaml")) as { fingerprint: string }[]).map(
            (one) => one.fingerprint,
          );
        expect(new Set(marks(problems)).size).toBe(problems.length);
        const moved = problems.map((one) =>
          one.place ? { ...one, place: { ...one.place, line: one.place.line + 7 } } : one,
        );
        expect(marks(moved)).toEqual(marks(problems));
      }),
    );
  });

  it("are located by relative references in SARIF", () => {
    fc.assert(
      fc.property(few, (problems) => {
        const text = sarif(problems, { version: "1", file: "b.yaml" });
        expect(text).not.toMatch(HARMFUL);
        const [run] = JSON.parse(text).runs;
        expect(run.results).toHaveLength(problems.length);
        for (const [index, { ruleId, ruleIndex, locations }] of run.results.entries()) {
          expect(ruleId).toBe(problems[index]?.code);
          expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
          expect(locations[0].physicalLocation.artifactLocation.uri).toMatch(
            /^(?:[\w!'()*.~/-]|%[0-9A-F]{2})*$/,
          );
        }
      }),
    );
  });

  it("end no element of a JUnit report", () => {
    fc.assert(
      fc.property(few, (problems) => {
        const text = junit(problems, ["b.yaml"]);
        expect(text).not.toMatch(HARMFUL);
        const files = new Set(["b.yaml", ...problems.map(({ place }) => place?.file ?? "b.yaml")]);
        expect(text.match(/<testcase/g)).toHaveLength(files.size);
        expect(
          text.replace(/<\/?(?:testsuites?|testcase|failure)(?: \w+="[^"<>]*")*\/?>|<\?xml.*\?>/g, ""),
        ).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot|#39);)/);
      }),
    );
  });
});
