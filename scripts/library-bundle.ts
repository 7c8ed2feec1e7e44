// Bundles the command line, the library and the emulator, which share chunks.
import { readFileSync } from "node:fs";
import { build } from "esbuild";

/** @returns the source files that were bundled, those of other packages among them */
export async function bundleLibrary(outdir: string, version: string): Promise<string[]> {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
    dependencies: Record<string, string>;
    peerDependencies: Record<string, string>;
  };
  const { metafile } = await build({
    bundle: true,
    platform: "node",
    target: "node20",
    define: { "process.env.AUTUMN_BALANCES_VERSION": JSON.stringify(version) },
    logLevel: "warning",
    // src/web-types.ts is only for the published types; nothing of it ends up in a bundle.
    logOverride: { "ignored-bare-import": "silent" },
    entryPoints: { cli: "src/cli/index.ts", index: "src/index.ts", emulator: "src/emulator/index.ts" },
    outdir,
    splitting: true,
    format: "esm",
    // So that no path of this machine gets into the bundles.
    preserveSymlinks: true,
    // All other imports are bundled: the libraries of the server for agents, in a chunk of its own.
    external: [...Object.keys(dependencies), ...Object.keys(peerDependencies)],
    chunkNames: "chunks/[name]-[hash]",
    metafile: true,
  });
  return Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
}
