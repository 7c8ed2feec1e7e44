// What is said while something is done.
import { expect, it } from "vitest";
import { applyProgress, Progress } from "../../src/app/progress.ts";

const waiting = { type: "waiting", customerId: "acme", ms: 11_400 } as const;

it.each([true, false])("a wait for another run is said at once, on a terminal: %s", (canUpdate) => {
  const said: string[] = [];
  const told = applyProgress(
    new Progress({
      canUpdate,
      updateStatus: (text) => void said.push(text),
      say: (_, text) => void said.push(text.trimEnd()),
      clearStatus: () => undefined,
    }),
    2,
  );
  told({ type: "sent", change: {} as never });
  const before = said.length;
  told(waiting);
  expect(said.slice(before)).toEqual([
    "Waiting 12 seconds for customer acme, whom another run may be at work on …",
  ]);
  // Many customers that are waited for are no reason for as many lines of a log.
  told(waiting);
  if (!canUpdate) expect(said).toHaveLength(before + 1);
});
