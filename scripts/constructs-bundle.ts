// Bundles the constructs: one source, once for cdktf and once for its successor cdktn, whose classes have the same
// names. In CommonJS, which apps of both module systems can load, so that a process never has two copies of a class.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/** The library that the constructs are written against, and the ones they are offered for. */
const SOURCE = "cdktf";
const LIBRARIES = [SOURCE, "cdktn"];

export async function bundleConstructs(dist: string, options: { types: boolean }): Promise<void> {
  for (const library of LIBRARIES) {
    const folder = join(dist, library);
    await build({
      bundle: true,
      platform: "node",
      target: "node20",
      format: "cjs",
      logLevel: "warning",
      logOverride: { "ignored-bare-import": "silent" },
      entryPoints: ["src/cdktf/index.ts"],
      outfile: join(folder, "index.js"),
      external: ["cdktf", "cdktn", "constructs", "yaml", "picomatch", "csv-parse"],
      ...(library === SOURCE ? {} : { alias: { [SOURCE]: library } }),
    });
    writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }\n');
  }
  if (options.types) writeTypes(dist);
}

/** Writes the type declarations of the constructs and of everything that they name, as CommonJS. */
function writeTypes(dist: string): void {
  const source = join(dist, SOURCE, "types");
  execFileSync(
    process.execPath,
    ["node_modules/typescript/bin/tsc", "-p", "tsconfig.constructs.json", "--outDir", source],
    { stdio: "inherit" },
  );
  for (const library of LIBRARIES.filter((one) => one !== SOURCE)) {
    for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const folder = entry.parentPath.replace(source, join(dist, library, "types"));
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, entry.name), withLibrary(readFileSync(path, "utf8"), library));
    }
  }
}

const withLibrary = (text: string, library: string): string =>
  text.replaceAll(/(["'])cdktf\1/g, `$1${library}$1`);
