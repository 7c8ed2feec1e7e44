// Bundles the Terraform provider into one file that stands alone and can be executed.
import { chmodSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";

/**
 * Writes the executable. Terraform starts one file without a package around it, so that node takes it for CommonJS.
 * @param outfile its folder gets a `package.json` that says so
 */
export async function bundleProvider(outfile: string, version: string): Promise<void> {
  await build({
    bundle: true,
    platform: "node",
    target: "node20",
    define: { "process.env.AUTUMN_BALANCES_VERSION": JSON.stringify(version) },
    logLevel: "warning",
    entryPoints: [join(import.meta.dirname, "../src/provider/index.ts")],
    outfile,
    format: "cjs",
    minify: true,
    legalComments: "none",
    banner: { js: "#!/usr/bin/env node" },
  });
  writeFileSync(join(dirname(outfile), "package.json"), '{ "type": "commonjs" }\n');
  chmodSync(outfile, 0o755);
}
