// Tests of the command line and of the package run what is published, so it is built once before them.
import { execFileSync } from "node:child_process";

export default function setup(): void {
  execFileSync(process.execPath, ["--import", "tsx", "scripts/build.ts", "--no-types"], { stdio: "inherit" });
}
