// The main job, from beginning to end, on an emulator inside this process: `npm run demo`.
// Nothing leaves this machine and no account is needed.
import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";
import { startEmulator } from "autumn-balances/emulator";
import { parse } from "yaml";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "autumn-balances-demo-"));
const file = join(folder, "balances.yaml");
const seed = parse(readFileSync(here("emulator-seed.yaml"), "utf8"));
const autumn = await startEmulator({ port: 0, seed, level: "2026-10" });

const plain = !process.stdout.isTTY || process.env.NO_COLOR;
const say = (text) => console.log(`\n${plain ? `# ${text}` : styleText("bold", `# ${text}`)}`);

/** Runs the command line as a person would. */
async function run(command, ...options) {
  console.log(`$ autumn-balances ${[command, "balances.yaml", ...options].join(" ")}`);
  const cli = spawn(process.execPath, [here("../dist/cli.js"), command, "balances.yaml", ...options], {
    cwd: folder,
    env: { ...process.env, AUTUMN_SECRET_KEY: autumn.key, AUTUMN_BASE_URL: autumn.url },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const code = await new Promise((resolve) => cli.on("close", resolve));
  if (code !== 0) throw new Error(`autumn-balances ${command} ended with ${code}`);
}

/** What somebody does past the file: in the dashboard, or by using the product. */
async function meanwhile(call, body) {
  const response = await fetch(`${autumn.url}/v1/${call}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${autumn.key}`,
      "x-api-version": "2.3.0",
      "content-type": "application/json",
    },
    body: JSON.stringify({ customer_id: "acme", feature_id: "api_calls", ...body }),
  });
  if (!response.ok) throw new Error(`${call} answered ${response.status}: ${await response.text()}`);
}

try {
  copyFileSync(here("quickstart/balances.yaml"), file);
  say("Balances are written in a file.");
  console.log(readFileSync(file, "utf8").trimEnd());

  say("It is checked before anything is asked of anybody.");
  await run("validate");
  say("The plan says what would happen.");
  await run("plan");
  say("Applying makes it true.");
  await run("apply", "--yes");
  say("From then on there is nothing to do, however often it is run.");
  await run("plan");

  say("The customer uses 12,000 calls, of which the plan it is on includes 10,000.");
  say("Somebody raises the other grant in the dashboard.");
  await meanwhile("balances.track", { value: 12_000 });
  await meanwhile("balances.update", {
    balance_id: "quickstart:api_calls",
    included_grant: 60_000,
    add_to_balance: 10_000,
  });
  say("The next plan shows what was changed behind the file's back, and applying heals it.");
  await run("plan");
  await run("apply", "--yes");

  say(
    "The grant is raised in the file, where it is reviewed. What was used stays used, the cycle stays the same.",
  );
  writeFileSync(file, readFileSync(file, "utf8").replace("included: 50000", "included: 80000"));
  await run("apply", "--yes");
  await run("plan");
} finally {
  await autumn.close();
  rmSync(folder, { recursive: true });
}
