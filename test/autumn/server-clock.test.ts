// The time of the server, from the header of its answers.
import { describe, expect, it } from "vitest";
import { ServerClock } from "../../src/autumn/server-clock.ts";

const NOON = Date.UTC(2026, 10, 22, 12);
const header = (ms: number): string => new Date(ms).toUTCString();

/** A clock of this machine that stands at noon. */
const clock = () => new ServerClock({ now: () => NOON, sleep: async () => {} });

describe("the server's clock", () => {
  it("is this machine's until an answer says otherwise, and as long as none contradicts it", () => {
    const server = clock();
    expect(server.now()).toBe(NOON);
    // Within the second that it names, and while the call was under way.
    server.learn(header(NOON), NOON - 50, NOON + 900);
    server.learn(header(NOON + 2000), NOON - 50, NOON + 2500);
    for (const none of [null, "", "yesterday"]) server.learn(none, NOON, NOON);
    expect(server.now()).toBe(NOON);
  });

  it.each([-3_600_000, -5_000, 5_000, 3_600_000, 11 * 86_400_000])("is %d ms ahead", (ahead) => {
    const server = clock();
    server.learn(header(NOON + ahead), NOON - 20, NOON);
    expect(Math.abs(server.now() - NOON - ahead)).toBeLessThanOrEqual(1020);
    // And every other answer makes it more exact, and none less.
    const before = server.now();
    server.learn(header(NOON + ahead), NOON - 20_000, NOON + 20_000);
    expect(server.now()).toBe(before);
  });
});
