// Bundles a provider (the toy, unless another is named) as a provider is delivered.
import { fileURLToPath } from "node:url";
import { bundlePlugin } from "../../../scripts/provider-bundle.ts";

const TOY = fileURLToPath(new URL("./toy/index.ts", import.meta.url));

/** Writes the executable of `entry` to `outfile`. */
export async function bundle(outfile: string, entry: string = TOY): Promise<string> {
  await bundlePlugin(entry, outfile);
  return outfile;
}
