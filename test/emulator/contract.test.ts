// Replays the recorded behaviour of the real server against the emulator, over HTTP.
import { execFile } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { type Level, startEmulator } from "../../src/emulator/index.ts";

const GIVEN = resolve(process.env.AUTUMN_CONTRACT_DIR ?? "../shared/contract");
const hasContract = existsSync(join(GIVEN, "replay.mjs"));
if (!hasContract) console.warn(`The recorded contract is not at ${GIVEN}: skipped. Set AUTUMN_CONTRACT_DIR.`);
// The replay only runs when it is started under its real path
const CONTRACT = hasContract ? realpathSync(GIVEN) : GIVEN;

interface Scenario {
  readonly name: string;
  readonly steps: readonly { readonly call?: string }[];
}

/**
 * Recorded on a server of before October 2026. Since then an update that finds no row is 404
 * balance_not_found whatever its fields; the recordings show 404 invalid_request, or 200 without effect.
 */
const ONLY_IN_AUGUST = new Set(["update-unknown-id", "update-entity-row", "read-drained"]);

/** Random sequences update balances that may not be there: those without an update hold for both servers. */
function holdsSinceOctober({ name, steps }: Scenario): boolean {
  if (!name.startsWith("seq-")) return !ONLY_IN_AUGUST.has(name);
  return steps.every((step) => step.call !== "POST /v1/balances.update");
}

async function replay(level: Level, files: string[]): Promise<string> {
  const emulator = await startEmulator({ port: 0, level });
  try {
    const args = ["--base-url", emulator.url, "--key", emulator.key, "--jobs", "12", ...files];
    const { stdout } = await promisify(execFile)(process.execPath, [join(CONTRACT, "replay.mjs"), ...args]);
    return stdout;
  } catch (error) {
    throw new Error((error as { stdout?: string }).stdout ?? String(error));
  } finally {
    await emulator.close();
  }
}

describe.skipIf(!hasContract)("the recorded contract", () => {
  it("holds at level 2026-08, all of it", async () => {
    const stdout = await replay("2026-08", []);
    const [, passed, failed] = /(\d+) passed, (\d+) failed/.exec(stdout) ?? [];
    expect(Number(failed)).toBe(0);
    expect(Number(passed)).toBeGreaterThanOrEqual(88);
  });

  it("holds at level 2026-10, but for updates that find no row", async () => {
    const folder = mkdtempSync(join(tmpdir(), "contract-"));
    try {
      const files = readdirSync(CONTRACT).filter((name) => name.endsWith(".json"));
      const kept = files.map((name) => {
        const scenarios = JSON.parse(readFileSync(join(CONTRACT, name), "utf8")) as Scenario[];
        const path = join(folder, name);
        writeFileSync(path, JSON.stringify(scenarios.filter(holdsSinceOctober)));
        return path;
      });
      expect(await replay("2026-10", kept)).toMatch(/^[1-9]\d* passed, 0 failed/m);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
