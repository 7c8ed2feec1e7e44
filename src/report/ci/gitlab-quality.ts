// Problems as a Code Quality report of GitLab, which it shows at the lines of a merge request.
// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format

import type { Json } from "../../document/index.ts";
import type { Problem } from "../../schema/index.ts";
import { brief, MESSAGE_LENGTH, visibleJson } from "../../text/index.ts";
import { fingerprints } from "./fingerprints.ts";
import { repositoryPath } from "./repository-path.ts";

/**
 * A JSON document; ends with a line break.
 * @param file what a problem without a place is shown at: the first of the files that were read
 */
export function gitlabQuality(problems: readonly Problem[], file: string): string {
  const marks = fingerprints(problems);
  const issues: Json[] = problems.map((problem, index) => ({
    description: [problem.message, ...(problem.hint === undefined ? [] : [`hint: ${problem.hint}`])]
      .map((line) => brief(line, MESSAGE_LENGTH))
      .join("; "),
    check_name: problem.code,
    fingerprint: marks[index] ?? "",
    severity: "blocker",
    location: {
      path: repositoryPath(problem.place?.file ?? file),
      lines: { begin: problem.place?.line ?? 1 },
    },
  }));
  return `${visibleJson(JSON.stringify(issues, null, 2))}\n`;
}
