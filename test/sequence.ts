// The order of the test files: those that take longest first, so that none of them runs alone at the end. Vitest goes by
// how long a file took the last time, which nobody knows in a fresh clone.
import { relative, resolve } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const ROOT = resolve(import.meta.dirname, "..");

/** Files and folders that wait for many processes, from those that take longest. */
const LONG = [
  "test/docs/documents.test.ts",
  "test/provider/acceptance/interrupted.test.ts",
  "test/provider/acceptance/attributes.test.ts",
  "test/package/package.test.ts",
  "test/cli/doctor.test.ts",
  "test/bench/peers.test.ts",
  "test/emulator/contract.test.ts",
  "test/docs/site.test.ts",
  "test/storm/storm.test.ts",
  "test/action/comment.test.ts",
  "test/examples/examples.test.ts",
  "test/cli/grants.test.ts",
  "test/action/workflows.test.ts",
  "test/cdktf",
  "test/provider/acceptance",
  "test/storm",
  "test/examples",
  "test/provider/protocol",
  "test/doctor",
  "test/package",
  "test/reconcile",
  "test/cli",
  "test/action",
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification): number => {
      const path = relative(ROOT, moduleId).replaceAll("\\", "/");
      const rank = LONG.findIndex((long) => path === long || path.startsWith(`${long}/`));
      return rank === -1 ? LONG.length : rank;
    };
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}
