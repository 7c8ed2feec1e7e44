// Bundles a provider (the toy, unless another is named) as a provider is delivered: one CommonJS file with a shebang, which is what a file
// without an extension is to every Node.
import { chmodSync } from "node:fs";
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

const TOY = fileURLToPath(new URL("./toy/index.ts", import.meta.url));

/** Writes the executable of `entry` to `outfile`. */
export async function bundle(outfile: string, entry: string = TOY): Promise<string> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    minify: true,
    plugins: [withoutProtoLoader],
    banner: { js: "#!/usr/bin/env node" },
    logLevel: "warning",
  });
  chmodSync(outfile, 0o755);
  return outfile;
}
