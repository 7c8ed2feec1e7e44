// What has ended is decided by the server's time, whatever the clock of the machine says.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { balances, emulator, folder, run } from "./helper.ts";

/** A clock that is off by BY ms. */
const OFF = `
const Right = Date;
globalThis.Date = class extends Right {
  constructor(...given) { if (given.length === 0) super(Date.now()); else super(...given); }
  static now() { return Right.now() + Number(process.env.BY); }
};
`;

it("goes by the server's time", async () => {
  const autumn = await emulator();
  const ends = (ms: number) => new Date(autumn.now() + ms).toISOString();
  const trial = (expires_at: string, included = 100) =>
    balances([{ customer_id: "acme", feature_id: "api_calls", id: "trial", included, expires_at }]);
  const apply = async (file: string, by: number) => {
    const cwd = folder({ "balances.yaml": file, "off.mjs": OFF });
    const off = { NODE_OPTIONS: `--import=${pathToFileURL(join(cwd, "off.mjs"))}`, BY: String(by) };
    return run(["apply", "--yes"], { cwd, env: { ...autumn.env, ...off } });
  };
  const rows = async () => {
    const headers = { authorization: `Bearer ${autumn.key}` };
    const answer = await fetch(`${autumn.url}/v1/balances/list?customer_id=acme`, { headers });
    const { balances: list } = (await answer.json()) as {
      balances: { external_id: string; balance: number }[];
    };
    return list.map(({ external_id: id, balance }) => `${id}: ${balance}`);
  };
  expect((await apply(trial(ends(20 * 60_000)), 0)).stdout).toContain("1 created");

  // Prolonged by a machine whose clock is an hour ahead: there, the balance seems to have ended.
  const later = ends(10 * 86_400_000);
  const prolonged = await apply(trial(later), 3_600_000);
  expect(prolonged.stdout).toContain("Applied: 1 updated.");
  expect(await rows()).toEqual(["contracts:trial: 100"]);

  // And by one whose clock is behind, where it seems to go on.
  autumn.advance("P11D");
  const over = await apply(trial(later, 150), 0);
  expect(over.stdout).toContain("Nothing to do");
  expect(over.code).toBe(0);
  expect(await rows()).toEqual(["contracts:trial: 100"]);
});
