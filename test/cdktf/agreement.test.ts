// The same file, applied by the command line and deployed as a construct, gives the same rows but for the namespace.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { run } from "../cli/helper.ts";
import { appWith, hasTerraform, ROOT } from "./app.ts";

const MAIN = `
  import { AutumnProvider, BalancesFile } from "autumn-balances/cdktf";
  import { App, TerraformStack } from "cdktf";

  const app = new App();
  const stack = new TerraformStack(app, "contracts");
  new AutumnProvider(stack, "autumn", { environment: "sandbox" });
  new BalancesFile(stack, "file", { path: "balances.yaml" });
  app.synth();
`;

type Server = Awaited<ReturnType<typeof appWith>>["server"];

/** Everything that is stored, but for what is never the same: numbers given by the server, and moments. */
function rowsOf(server: Server, namespace: string) {
  return server
    .snapshot()
    .customers.flatMap(({ id: customer, rows, entities }) =>
      rows
        .filter(({ externalId }) => externalId?.startsWith(`${namespace}:`))
        .map(({ id, seq, createdAt, nextResetAt, internalEntityId, externalId, ...row }) => ({
          ...row,
          customer,
          name: externalId?.slice(namespace.length),
          entity: entities.find((entity) => entity.internalId === internalEntityId)?.id,
          // Where the first reset was written, it is the same to the millisecond.
          firstReset: nextResetAt !== null && nextResetAt % 1000 === 0 ? nextResetAt : nextResetAt !== null,
        })),
    )
    .sort((a, b) => (`${a.customer} ${a.name}` < `${b.customer} ${b.name}` ? -1 : 1));
}

it.skipIf(!hasTerraform)("apply and deploy agree", { timeout: 120_000 }, async () => {
  const file = join(ROOT, "examples/contracts/balances.yaml");
  const deployed = await appWith({ "main.ts": MAIN });
  cpSync(file, join(deployed.cwd, "balances.yaml"));
  await deployed.mustEnd([process.execPath, "--import", "tsx", "main.ts"]);
  const terraform = ["terraform", "-chdir=cdktf.out/stacks/contracts"];
  await deployed.mustEnd([...terraform, "init", "-no-color"]);
  await deployed.mustEnd([...terraform, "apply", "-auto-approve", "-no-color"]);

  const applied = await appWith({});
  const { code, stderr } = await run(["apply", file, "--yes"], { env: applied.server.env });
  expect(code, stderr).toBe(0);

  const rows = rowsOf(applied.server, "contracts");
  expect(rows).toHaveLength(8);
  expect(rowsOf(deployed.server, "terraform")).toEqual(rows);
});
