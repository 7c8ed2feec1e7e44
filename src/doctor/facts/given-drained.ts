// A row with exactly nothing left, as facts of several groups need one.
import { amounts, type Bench, described, has } from "../bench.ts";
import { CannotTell } from "../cannot-tell.ts";

/** Creates a row of 10 units and has all of them used and stored. @throws CannotTell */
export async function givenDrained(bench: Bench, balanceId: string, body: object = {}): Promise<void> {
  await bench.given(balanceId, { included_grant: 10, ...body });
  await bench.track(10);
  const row = await bench.rowWhen(balanceId, (now) => amounts(now).remaining === 0);
  if (!has(row, { remaining: 0 }))
    throw new CannotTell("failed", `it could not be used up: ${described(row)}`);
}
