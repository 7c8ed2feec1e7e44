// An app of constructs, and the life of its deployment: from nothing, through every kind of change, back to nothing.
import { expect } from "vitest";
import type { appWith } from "./app.ts";

/** Two balances; what they grant comes from the environment, as from a later version of the app. */
export const main = (library: "cdktf" | "cdktn"): string => `
  import { AutumnProvider, Balance, BalancesFile } from "autumn-balances/${library}";
  import { App, TerraformOutput, TerraformStack } from "${library}";

  const app = new App();
  const stack = new TerraformStack(app, "contracts");
  new AutumnProvider(stack, "autumn", { environment: "sandbox" });
  const file = new BalancesFile(stack, "file");
  new Balance(stack, "storage", {
    customerId: "acme",
    featureId: "storage_gb",
    included: Number(process.env.STORAGE ?? 20),
  });
  new TerraformOutput(stack, "calls", { value: file.balance("acme", "api_calls").remoteId });
  app.synth();
`;

export const yaml = (calls: number): string => `
version: 1
namespace: contracts
balances:
  - { customer_id: acme, feature_id: api_calls, included: ${calls}, reset: { interval: month } }
`;

type App = Awaited<ReturnType<typeof appWith>>;

/** Deploys, and answers with what was printed. */
interface Tool {
  readonly diff: (storage: string) => Promise<string>;
  readonly deploy: (storage: string) => Promise<string>;
  readonly destroy: () => Promise<string>;
}

/** The rows of the balances declared here that have not ended: grant and what is left of it. */
const rowsOf = ({ server }: App) =>
  Object.fromEntries(
    server
      .snapshot()
      .customers.flatMap(({ rows }) => rows)
      .filter(({ externalId }) => externalId?.startsWith("terraform:"))
      .filter(({ expiresAt }) => expiresAt === null || expiresAt > server.now())
      .map(({ externalId, allowance, adjustment, balance }) => [
        externalId,
        [allowance + adjustment, balance],
      ]),
  );

async function use({ server }: App, feature_id: string, value: number): Promise<void> {
  const answer = await fetch(`${server.url}/v1/track`, {
    method: "POST",
    headers: { authorization: `Bearer ${server.key}`, "content-type": "application/json" },
    body: JSON.stringify({ customer_id: "acme", feature_id, value }),
  });
  expect(answer.status).toBe(200);
}

export async function livesThrough(
  app: App,
  { diff, deploy, destroy }: Tool,
  write: (calls: number) => void,
) {
  write(50_000);
  expect(await diff("20")).toContain("2 to add, 0 to change, 0 to destroy.");
  expect(rowsOf(app)).toEqual({});
  expect(await deploy("20")).toContain("2 added, 0 changed, 0 destroyed.");
  expect(rowsOf(app)).toEqual({
    "terraform:api_calls": [50_000, 50_000],
    "terraform:storage_gb": [20, 20],
  });

  // What the customer's plan includes is used up first.
  await use(app, "api_calls", 12_000);
  await use(app, "storage_gb", 5);
  expect(await deploy("20")).toMatch(/No changes|0 added, 0 changed, 0 destroyed/);

  // In place: an update keeps what is used.
  expect(await deploy("30")).toContain("0 added, 1 changed, 0 destroyed.");
  expect(rowsOf(app)).toMatchObject({ "terraform:storage_gb": [30, 25] });

  // A monthly grant is replaced, as a reset would undo an update; what is used stays used.
  write(80_000);
  expect(await diff("30")).toContain("0 to add, 1 to change, 0 to destroy.");
  const replaced = await deploy("30");
  expect(replaced).toContain("0 added, 1 changed, 0 destroyed.");
  expect(replaced).toContain("terraform:api_calls~2");
  expect(rowsOf(app)).toEqual({
    "terraform:api_calls~2": [80_000, 78_000],
    "terraform:storage_gb": [30, 25],
  });
  expect(await deploy("30")).toMatch(/No changes|0 added, 0 changed, 0 destroyed/);

  expect(await destroy()).toContain("2 destroyed");
  expect(rowsOf(app)).toEqual({});
}
