// Bundles the GitHub Action into the one file that action.yml names: GitHub checks a tag out and installs nothing.
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

/**
 * What @actions/core loads to request OpenID tokens is most of the bundle, slows every start down, and is never used.
 */
const withoutOpenId: Plugin = {
  name: "without OpenID",
  setup(context) {
    context.onResolve({ filter: /^\.\/oidc-utils\.js$/ }, ({ path }) => ({ path, namespace: "left-out" }));
    context.onLoad({ filter: /.*/, namespace: "left-out" }, () => ({
      contents: "export class OidcClient {}",
    }));
  },
};

/** Dependencies in CommonJS use `require`, which ES modules do not have. */
const REQUIRE = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`;

/**
 * @param outfile in the folder of this package, whose package.json says that it is a module
 * @returns the source files that were bundled
 */
export async function bundleAction(outfile: string, version: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL("../src/action/index.ts", import.meta.url))],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    minify: true,
    legalComments: "none",
    plugins: [withoutOpenId],
    define: { "process.env.AUTUMN_BALANCES_VERSION": JSON.stringify(version) },
    banner: { js: REQUIRE },
    logLevel: "warning",
    logOverride: { "ignored-bare-import": "silent" },
    metafile: true,
  });
  return Object.keys(metafile.inputs);
}
