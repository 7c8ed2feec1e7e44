// `npm run picture`: the HTML report as documents show it: what the command line prints of a plan against the emulator,
// in a real browser.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { startEmulator } from "../src/emulator/index.ts";
import { startBrowser } from "./browser.ts";

const PICTURE = "docs/report.png";

const monthly = { interval: "month" } as const;
const features = ["api_calls", "ai_credits", "exports"].map(
  (id) => ({ id, type: "metered", consumable: true }) as const,
);
const customers = [
  {
    id: "acme",
    balances: [
      {
        feature_id: "api_calls",
        balance_id: "contracts:api_calls",
        included_grant: 50_000,
        usage: 2_000,
        reset: monthly,
      },
      { feature_id: "exports", balance_id: "contracts:exports", included_grant: 1_000, usage: 400 },
    ],
  },
  {
    id: "globex",
    balances: [
      { feature_id: "ai_credits", balance_id: "contracts:ai_credits", included_grant: 100, usage: 30 },
    ],
  },
  { id: "initech" },
];

const BALANCES = `version: 1
namespace: contracts
balances:
  - { customer_id: acme, feature_id: api_calls, included: 80000, reset: { interval: month } }
  - { customer_id: globex, feature_id: ai_credits, included: 250 }
  - { customer_id: globex, feature_id: exports, unlimited: true }
  - { customer_id: initech, feature_id: api_calls, included: 20000, reset: { interval: month } }
`;

const emulator = await startEmulator({ port: 4010, seed: { features, customers } });
const browser = await startBrowser();
const folder = mkdtempSync(join(tmpdir(), "autumn-balances-picture-"));
try {
  writeFileSync(join(folder, "balances.yaml"), BALANCES);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [resolve("dist/cli.js"), "plan", "--prune", "--format", "html"],
    { cwd: folder, env: { AUTUMN_BASE_URL: emulator.url, AUTUMN_SECRET_KEY: emulator.key } },
  );
  writeFileSync(join(folder, "plan.html"), stdout);
  const page = await browser.newPage({ viewport: { width: 1000, height: 1330 } });
  await page.goto(pathToFileURL(join(folder, "plan.html")).href);
  await page.getByText("All 5 changes").waitFor();
  await page.screenshot({ path: PICTURE });
} finally {
  await browser.close();
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
}
