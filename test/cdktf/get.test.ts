// The bindings are what `cdktf get` makes of the provider, as it is installed and as Terraform describes it, and what
// the generator of CDK Terrain makes of its schema.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bindings, bindingsIn } from "../../scripts/bindings.ts";
import { appWith, CDKTF_JSON, cdktf, hasTerraform, ROOT } from "./app.ts";

const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };

it.skipIf(!hasTerraform)("cdktf get generates the same bindings", async () => {
  const terraformProviders = [`autumn-balances/autumn@${version}`];
  const { cwd, mustEnd } = await appWith({
    "cdktf.json": JSON.stringify({ ...JSON.parse(CDKTF_JSON), terraformProviders }),
  });
  await mustEnd(cdktf("get", "--output", "generated"));
  const generated = bindingsIn(join(cwd, "generated/providers/autumn"));
  expect(generated.size).toBe(5);
  for (const [path, text] of generated) {
    expect(text === readFileSync(join(ROOT, path), "utf8"), path).toBe(true);
  }
});

/**
 * Without what differs: the name of the library, where its documentation is, and parameters that CDKTF declares as
 * properties, although the class they are handed to has them.
 */
const common = (text: string): string =>
  text
    .replaceAll("cdktn", "cdktf")
    .replaceAll("CDKTN", "CDKTF")
    .replaceAll(/https:\/\/cdk[^"]+/g, "DOCUMENTATION")
    .replaceAll(/protected (terraformResource|terraformAttribute|wrapsSet)\b/g, "$1")
    .replaceAll(/^( +super\(.*\));?$/gm, "$1");

it("the generator of CDK Terrain makes the same of its schema", async () => {
  const generated = await bindings(version, "cdktn");
  expect(generated.size).toBe(5);
  for (const [path, text] of generated) {
    expect(text, path).toContain("from 'cdktn'");
    expect(common(text) === common(readFileSync(join(ROOT, path), "utf8")), path).toBe(true);
  }
});
