// explain, of a customer who belongs to groups and has left others.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { published } from "../report/published-schema.ts";
import { has } from "../support/has.ts";
import { emulator, folder, run } from "./helper.ts";

const { validates, describes } = published("explain");

const FILE = `version: 1
namespace: contracts
balances: []
grants:
  - { id: sheet, to: { csv: members.csv }, feature_id: api_calls, included: 1 }
  - { id: on-pro, to: { autumn: { plan: pro } }, feature_id: api_calls, included: 2 }
  - { id: ends, to: { csv: guests.csv }, feature_id: api_calls, included: 3, when_they_leave: end }
  - { id: stays, to: { csv: guests.csv }, feature_id: api_calls, included: 4 }
`;

it.skipIf(!has("git"))("tells what becomes of a group's balance, and calls none uncommitted", async () => {
  const plans = [{ plan_id: "pro", balances: [{ feature_id: "api_calls", included_grant: 10 }] }];
  const { env } = await emulator([{ id: "acme", plans }, { id: "globex" }]);
  const csv = (...ids: string[]): string => `customer_id\n${ids.join("\n")}\n`;
  const cwd = folder({ "balances.yaml": FILE, "members.csv": csv("acme"), "guests.csv": csv("acme") });
  const git = (...args: string[]) => execFileSync("git", args, { cwd, stdio: "pipe" });
  git("init", "--quiet");
  git("add", ".");
  git("-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "Grants");
  expect((await run(["apply", "--yes"], { cwd, env })).code).toBe(0);
  writeFileSync(join(cwd, "guests.csv"), csv("globex"));

  const { stdout } = await run(["explain", "acme"], { cwd, env });
  expect(stdout).not.toContain("not committed");
  expect(stdout).not.toContain("--prune");
  expect(stdout).not.toContain("Nothing is to be changed");
  expect(stdout).toContain("of the group stays, which its customer left: it stays\n");
  expect(stdout).toContain(
    "of the group ends, which its customer left\n       apply would remove it\n       because its customer left the group ends",
  );
  const json = JSON.parse((await run(["explain", "acme", "--format", "json"], { cwd, env })).stdout);
  expect(validates(json) && describes(json), JSON.stringify(describes.errors)).toBe(true);
  const told = json.features[0].balances.map((one: { key: string; left_group: string; change: unknown }) => [
    one.key,
    one.left_group,
    one.change !== null,
  ]);
  expect(told).toHaveLength(5);
  expect(told).toEqual(
    expect.arrayContaining([
      ["ends", "end", true],
      ["on-pro", null, false],
      ["sheet", null, false],
      ["stays", "keep", false],
      [null, null, false],
    ]),
  );
});
