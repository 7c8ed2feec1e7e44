// Bundles the library, the command line, the emulator, the Terraform provider, the GitHub Action and the constructs
// into dist/, and writes type declarations. Dependencies named in package.json stay outside the bundles, except for the
// provider's and the action's.
import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, rmSync } from "node:fs";
import { build } from "esbuild";
import { bundleAction } from "./action-bundle.ts";
import { beginBuild, isBuilt } from "./build-stamp.ts";
import { bundleConstructs } from "./constructs-bundle.ts";
import { bundleProvider } from "./provider-bundle.ts";

const { version, dependencies, peerDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
  version: string;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
};

const types = !process.argv.includes("--no-types");
if (process.argv.includes("--if-needed") && isBuilt({ types })) process.exit();
const isDone = beginBuild({ types });
rmSync("dist", { recursive: true, force: true });
await build({
  bundle: true,
  platform: "node",
  target: "node20",
  define: { "process.env.AUTUMN_BALANCES_VERSION": JSON.stringify(version) },
  logLevel: "warning",
  // src/web-types.ts is only for the published types; nothing of it ends up in a bundle.
  logOverride: { "ignored-bare-import": "silent" },
  entryPoints: { cli: "src/cli/index.ts", index: "src/index.ts", emulator: "src/emulator/index.ts" },
  outdir: "dist",
  splitting: true,
  format: "esm",
  // So that no path of this machine gets into the bundles.
  preserveSymlinks: true,
  // All other imports are bundled: the libraries of the server for agents, in a chunk of its own.
  external: [...Object.keys(dependencies), ...Object.keys(peerDependencies)],
  chunkNames: "chunks/[name]-[hash]",
});
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
