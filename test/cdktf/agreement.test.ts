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

/** A balance that somebody made by hand, with some of it used, and the file that takes it over. */
const ADOPTING = (included: number, adopt: string) => `
version: 1
namespace: contracts
balances:
  - { customer_id: acme, feature_id: storage_gb, included: ${included}, reset: { interval: month }, id: bonus${adopt} }
`;

async function byHand({ url, key }: Server): Promise<void> {
  const call = async (path: string, body: object): Promise<void> => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const answer = await fetch(`${url}/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    expect(answer.status, await answer.text()).toBe(200);
  };
  const target = { customer_id: "acme", feature_id: "storage_gb" };
  await call("balances.create", {
    ...target,
    balance_id: "promo",
    included_grant: 500,
    reset: { interval: "month" },
  });
  await call("track", { ...target, value: 120 });
}

/** The one first reset that the example file has. */
const WRITTEN_RESET = Date.parse("2027-02-01T00:00:00Z");

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
          firstReset: nextResetAt === WRITTEN_RESET ? nextResetAt : nextResetAt !== null,
        })),
    )
    .sort((a, b) => (`${a.customer} ${a.name}` < `${b.customer} ${b.name}` ? -1 : 1));
}

it.skipIf(!hasTerraform)("apply and deploy agree", async () => {
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
  expect(rows.filter(({ firstReset }) => firstReset === WRITTEN_RESET)).toHaveLength(1);
  expect(rowsOf(deployed.server, "terraform")).toEqual(rows);
});

it.skipIf(!hasTerraform)(
  "apply and deploy take over the same balance, keep what is used, and let go of its old name",
  async () => {
    const deployed = await appWith({ "main.ts": MAIN });
    const applied = await appWith({});
    await byHand(deployed.server);
    await byHand(applied.server);
    const terraform = ["terraform", "-chdir=cdktf.out/stacks/contracts"];
    // Taken over, raised, and no longer told where it came from.
    for (const text of [
      ADOPTING(500, ", adopt: promo"),
      ADOPTING(800, ", adopt: promo"),
      ADOPTING(800, ""),
    ]) {
      deployed.write("balances.yaml", text);
      applied.write("balances.yaml", text);
      await deployed.mustEnd([process.execPath, "--import", "tsx", "main.ts"]);
      if (text.includes("included: 500")) await deployed.mustEnd([...terraform, "init", "-no-color"]);
      await deployed.mustEnd([...terraform, "apply", "-auto-approve", "-no-color"]);
      const { code, stderr } = await run(["apply", "--yes"], { cwd: applied.cwd, env: applied.server.env });
      expect(code, stderr).toBe(0);
    }
    const rows = rowsOf(applied.server, "contracts");
    expect(rows).toMatchObject([{ name: ":bonus", allowance: 800, balance: 680 }]);
    expect(rowsOf(deployed.server, "terraform")).toEqual(rows);
  },
);
