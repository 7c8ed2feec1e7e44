import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { generatedFiles } from "../../scripts/generate.ts";

// `npm run generate` writes them anew.
it.each([...(await generatedFiles())])("%s is what the definitions say", (path, text) => {
  expect(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8") === text).toBe(true);
});
