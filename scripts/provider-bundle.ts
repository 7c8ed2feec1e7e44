// Bundles a Terraform provider into one file that stands alone and can be executed.
import { chmodSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

/** grpc-js loads it for its own monitoring services only: a quarter of the bundle that no provider runs. */
const withoutProtoLoader: Plugin = {
  name: "without @grpc/proto-loader",
  setup(context) {
    context.onResolve({ filter: /^@grpc\/proto-loader$/ }, ({ path }) => ({ path, namespace: "left-out" }));
    context.onLoad({ filter: /.*/, namespace: "left-out" }, () => ({ contents: "module.exports = {};" }));
  },
};

/**
 * Writes the executable of a program that serves a provider. Terraform starts one file without a package around it,
 * which Node takes for CommonJS.
 * @returns the files that it is made of
 */
export async function bundlePlugin(entry: string, outfile: string, version = "0.0.0"): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    minify: true,
    legalComments: "none",
    plugins: [withoutProtoLoader],
    define: { "process.env.AUTUMN_BALANCES_VERSION": JSON.stringify(version) },
    banner: { js: "#!/usr/bin/env node" },
    logLevel: "warning",
    logOverride: { "ignored-bare-import": "silent" },
    metafile: true,
  });
  chmodSync(outfile, 0o755);
  return Object.keys(metafile.inputs);
}

/**
 * Writes the executable of the Autumn provider.
 * @param outfile its folder gets a `package.json`, so that it also runs where another says that files are modules
 * @returns the files that it is made of
 */
export async function bundleProvider(outfile: string, version: string): Promise<string[]> {
  const entry = fileURLToPath(new URL("../src/provider/index.ts", import.meta.url));
  const files = await bundlePlugin(entry, outfile, version);
  writeFileSync(join(dirname(outfile), "package.json"), '{ "type": "commonjs" }\n');
  return files;
}
