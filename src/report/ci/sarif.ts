// Problems as SARIF 2.1.0, which code scanning of GitHub, GitLab and Azure DevOps and many editors read.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html

import type { Json } from "../../document/index.ts";
import type { Problem } from "../../schema/index.ts";
import { brief, MESSAGE_LENGTH, visible, visibleJson } from "../../text/index.ts";
import { fingerprints } from "./fingerprints.ts";
import { repositoryPath } from "./repository-path.ts";

export interface SarifOptions {
  /** The version of this tool. */
  readonly version: string;
  /** What a problem without a place is shown at: the first of the files that were read. */
  readonly file: string;
}

/** A JSON document; ends with a line break. */
export function sarif(problems: readonly Problem[], { version, file }: SarifOptions): string {
  const codes = [...new Set(problems.map(({ code }) => code))].sort();
  const marks = fingerprints(problems);
  const results: Json[] = problems.map((problem, index) => ({
    ruleId: problem.code,
    ruleIndex: codes.indexOf(problem.code),
    level: "error",
    message: {
      text: [problem.message, ...(problem.hint === undefined ? [] : [`hint: ${problem.hint}`])]
        .map((line) => brief(line, MESSAGE_LENGTH))
        .join("\n"),
    },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(problem.place?.file ?? file) },
          region: { startLine: problem.place?.line ?? 1, startColumn: problem.place?.column ?? 1 },
        },
      },
    ],
    partialFingerprints: { "problem/v1": marks[index] ?? "" },
  }));
  const document: Json = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "autumn-balances",
            version,
            rules: codes.map((id) => ({ id, shortDescription: { text: brief(id) } })),
          },
        },
        columnKind: "utf16CodeUnits",
        results,
      },
    ],
  };
  return `${visibleJson(JSON.stringify(document, null, 2))}\n`;
}

/** A relative reference, in which no part of a name is taken for a scheme, a query or a fragment. */
function uriOf(file: string): string {
  return visible(repositoryPath(file)).split("/").map(encodeURIComponent).join("/");
}
