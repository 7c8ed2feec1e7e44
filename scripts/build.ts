// Bundles the library, the command line, the emulator, the Terraform provider, the GitHub Action and the constructs
// into dist/, and writes type declarations. Dependencies named in package.json stay outside the bundles, except for the
// provider's and the action's.
import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, rmSync } from "node:fs";
import { bundleAction } from "./action-bundle.ts";
import { beginBuild, isBuilt } from "./build-stamp.ts";
import { bundleConstructs } from "./constructs-bundle.ts";
import { bundleLibrary } from "./library-bundle.ts";
import { bundleProvider } from "./provider-bundle.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

const types = !process.argv.includes("--no-types");
if (process.argv.includes("--if-needed") && isBuilt({ types })) process.exit();
const isDone = beginBuild({ types });
rmSync("dist", { recursive: true, force: true });
await bundleLibrary("dist", version);
await bundleAction("dist/action/index.js", version);
await bundleProvider("dist/provider/terraform-provider-autumn", version);
chmodSync("dist/cli.js", 0o755);
await bundleConstructs("dist", { types });
if (types) {
  execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"], {
    stdio: "inherit",
  });
}
isDone();
