import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { generatedStubs } from "../../../scripts/generate-protocol.ts";

const ROOT = resolve(import.meta.dirname, "../../..");

it("the stubs of the protocol are those of the .proto files (tsx scripts/generate-protocol.ts)", () => {
  const stubs = generatedStubs();
  expect([...stubs.keys()].map((path) => path.split("/").at(-1)).sort()).toEqual([
    "plugin.generated.ts",
    "tfplugin6.generated.ts",
  ]);
  for (const [path, text] of stubs) expect(readFileSync(join(ROOT, path), "utf8") === text, path).toBe(true);
});
