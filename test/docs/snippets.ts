// Type-checks the programs of a document as a strict project that uses the package would.
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./session.ts";

/** @returns every complaint, none when all is well */
export function complaintsAbout(folder: string, files: readonly string[]): string[] {
  const project = join(folder, "tsconfig.json");
  const compilerOptions = {
    target: "ES2023",
    module: "NodeNext",
    moduleResolution: "NodeNext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
    types: ["node"],
    typeRoots: [join(ROOT, "node_modules/@types")],
    paths: {
      "autumn-balances": [join(ROOT, "src/index.ts")],
      "autumn-balances/emulator": [join(ROOT, "src/emulator/index.ts")],
      "autumn-balances/cdktf": [join(ROOT, "src/cdktf/index.ts")],
      "autumn-balances/cdktn": [join(ROOT, "src/cdktf/index.ts")],
    },
  };
  writeFileSync(project, JSON.stringify({ compilerOptions, files }));
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, "--pretty", "false", "-p", project], {
    encoding: "utf8",
  });
  rmSync(project);
  const complaints = `${stdout}${stderr}`.split("\n").filter((line) => line !== "");
  if (status !== 0 && complaints.length === 0) throw new Error(`tsc ended with ${status}`);
  return complaints;
}
