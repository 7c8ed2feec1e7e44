// The bindings are what `cdktf get` makes of the provider, as it is installed and as Terraform describes it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bindingsIn } from "../../scripts/bindings.ts";
import { appWith, CDKTF_JSON, cdktf, hasTerraform, ROOT } from "./app.ts";

const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };

it.skipIf(!hasTerraform)("cdktf get generates the same bindings", { timeout: 180_000 }, async () => {
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
