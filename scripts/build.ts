// Bundles the library, the command line, the emulator and the Terraform provider into dist/, and writes type
// declarations.
// Dependencies named in package.json stay outside the bundle, except on the command line's start-up path.
import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type BuildOptions, build } from "esbuild";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

const PROVIDER = "dist/provider/terraform-provider-autumn";

rmSync("dist", { recursive: true, force: true });
const shared = {
  bundle: true,
  platform: "node",
  target: "node20",
  define: { "process.env.AUTUMN_BALANCES_VERSION": JSON.stringify(version) },
  logLevel: "warning",
} as const satisfies BuildOptions;

await build({
  ...shared,
  entryPoints: { cli: "src/cli/index.ts", index: "src/index.ts", emulator: "src/emulator/index.ts" },
  outdir: "dist",
  splitting: true,
  format: "esm",
  packages: "external",
  sourcemap: true,
  sourcesContent: false,
  chunkNames: "chunks/[name]-[hash]",
});
// Terraform starts one file that stands alone, without a package around it, so that node takes it for CommonJS.
await build({
  ...shared,
  entryPoints: ["src/provider/index.ts"],
  outfile: PROVIDER,
  format: "cjs",
  minify: true,
  legalComments: "none",
  banner: { js: "#!/usr/bin/env node" },
});
writeFileSync(join(dirname(PROVIDER), "package.json"), '{ "type": "commonjs" }\n');
for (const executable of ["dist/cli.js", PROVIDER]) chmodSync(executable, 0o755);
if (!process.argv.includes("--no-types")) {
  execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"], {
    stdio: "inherit",
  });
}
