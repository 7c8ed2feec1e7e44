// The benchmark beside scripts runs, and tells what a loop does wrong and the command line does not.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import type { PeerResult } from "../../bench/results.ts";

it("tells of balances that a loop grants twice, and of none of `apply`", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...["--import", "tsx", "bench/peers.ts", "--count", "10", "--latency", "1", "--peers", "loop,apply"],
  ]);
  const results = stdout.trim().split("\n");
  const [loop, apply] = results.map((line) => JSON.parse(line) as PeerResult);
  expect(loop).toMatchObject({ first: { granted: 10 }, second: { grantedTwice: 10 } });
  expect(loop).toMatchObject({ raise: { raisedAfterReset: 0, usage: { wrongCustomers: 1 } } });
  const none = { grantedTwice: 0 };
  expect(apply).toMatchObject({ first: { code: 0, granted: 10 }, second: { code: 0, ...none } });
  expect(apply).toMatchObject({
    lost: none,
    killed: { missing: 0, ...none },
    raise: { raisedAfterReset: 1 },
  });
});
