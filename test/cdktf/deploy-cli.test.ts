// An app of constructs under the real CLI of CDKTF and the real terraform.
import { join } from "node:path";
import { it } from "vitest";
import { appWith, CDKTF_JSON, cdktf, hasTerraform } from "./app.ts";
import { livesThrough, main, yaml } from "./deployment.ts";

it.skipIf(!hasTerraform)("an app is deployed, changed and destroyed by the CDKTF CLI", async () => {
  const app = await appWith({ "main.ts": main("cdktf"), "cdktf.json": CDKTF_JSON });
  const run =
    (...args: string[]) =>
    (STORAGE: string) =>
      app.mustEnd(cdktf(...args, "--skip-provider-lock"), { STORAGE });
  // The other way to have no registry asked for hashes.
  const TF_CLI_ARGS_providers_lock = `-fs-mirror=${join(app.cwd, "mirror")}`;
  await livesThrough(
    app,
    {
      diff: (STORAGE) => app.mustEnd(cdktf("diff"), { STORAGE, TF_CLI_ARGS_providers_lock }),
      deploy: run("deploy", "--auto-approve"),
      destroy: () => run("destroy", "--auto-approve")("30"),
    },
    (calls) => app.write("balances.yaml", yaml(calls)),
  );
});
