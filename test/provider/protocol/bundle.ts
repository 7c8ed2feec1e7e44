// Bundles the toy provider as a provider is delivered: one CommonJS file with a shebang, which is what a file
// without an extension is to every Node.
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/** Writes the executable to `outfile`. */
export async function bundleToy(outfile: string): Promise<string> {
  await build({
    entryPoints: [join(import.meta.dirname, "toy/index.ts")],
    outfile,
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    minify: true,
    keepNames: false,
    banner: { js: "#!/usr/bin/env node" },
    logLevel: "warning",
  });
  chmodSync(outfile, 0o755);
  return outfile;
}
