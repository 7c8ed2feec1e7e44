// Problems as a JUnit report, which nearly every CI system shows as tests: one for each file that was read.
import type { Problem } from "../../schema/index.ts";
import { brief, MESSAGE_LENGTH, visible } from "../../text/index.ts";
import { escapeHtml } from "../html/escape.ts";

/**
 * An XML document; ends with a line break.
 * @param files those that were read, as far as they are known
 */
export function junit(problems: readonly Problem[], files: readonly string[]): string {
  const byFile = new Map<string, Problem[]>(files.map((file) => [file, []]));
  for (const problem of problems) {
    const file = problem.place?.file ?? files[0] ?? "balances.yaml";
    byFile.set(file, [...(byFile.get(file) ?? []), problem]);
  }
  const failing = [...byFile.values()].filter((its) => its.length > 0).length;
  const cases = [...byFile].map(([file, its]) => testCase(file, its));
  const counts = `tests="${byFile.size}" failures="${failing}" errors="0"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${counts}>
  <testsuite name="autumn-balances validate" ${counts}>
${cases.join("")}  </testsuite>
</testsuites>
`;
}

function testCase(file: string, problems: readonly Problem[]): string {
  const name = escapeHtml(visible(file));
  const first = problems[0];
  if (first === undefined) return `    <testcase classname="balances" name="${name}" file="${name}"/>\n`;
  const lines = problems.flatMap(({ message, hint, place }) => [
    `${place === undefined ? "" : `${place.file}:${place.line}:${place.column}: `}${message}`,
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ]);
  const text = lines.map((line) => escapeHtml(brief(line, MESSAGE_LENGTH))).join("\n");
  const message = escapeHtml(brief(first.message, MESSAGE_LENGTH));
  return `    <testcase classname="balances" name="${name}" file="${name}">
      <failure type="${escapeHtml(brief(first.code))}" message="${message}">${text}</failure>
    </testcase>
`;
}
