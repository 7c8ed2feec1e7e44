// Apps of constructs under the real terraform.
import { join } from "node:path";
import { it } from "vitest";
import { appWith, hasTerraform } from "./app.ts";
import { livesThrough, main, yaml } from "./deployment.ts";

it.skipIf(!hasTerraform).each(["cdktf", "cdktn"] as const)(
  "an app of %s is deployed, changed and destroyed by terraform alone",
  async (library) => {
    const app = await appWith({ "main.ts": main(library) });
    const chdir = `-chdir=${join("cdktf.out", "stacks", "contracts")}`;
    let isNew = true;
    const run =
      (...args: string[]) =>
      async (STORAGE: string) => {
        await app.mustEnd([process.execPath, "--import", "tsx", "main.ts"], { STORAGE });
        if (isNew) await app.mustEnd(["terraform", chdir, "init", "-no-color"]);
        isNew = false;
        return app.mustEnd(["terraform", chdir, ...args, "-no-color"], { STORAGE });
      };
    await livesThrough(
      app,
      {
        diff: run("plan"),
        deploy: run("apply", "-auto-approve"),
        destroy: () => run("destroy", "-auto-approve")("30"),
      },
      (calls) => app.write("balances.yaml", yaml(calls)),
    );
  },
);
