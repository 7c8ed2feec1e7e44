// Tests of the command line and of the package run what is published, so it is built before them, unless it has been.
import { execFileSync } from "node:child_process";
import { isBuilt } from "../scripts/build-stamp.ts";

export default function setup(): void {
  if (isBuilt({ types: false })) return;
  execFileSync(process.execPath, ["--import", "tsx", "scripts/build.ts", "--no-types"], { stdio: "inherit" });
}
