// A run against an emulator in this process, in time that passes only when somebody waits. What stands between them
// can be another server than the emulator is.
import { AutumnClient, type Clock } from "../../src/autumn/index.ts";
import { type Examination, examine } from "../../src/doctor/index.ts";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../src/emulator/index.ts";
import { Asked } from "./asked.ts";

/** How a server answers that is another than the emulator in one respect. */
export type Otherwise = (asked: Asked) => Promise<Response>;

export interface LaboratoryOptions {
  readonly emulator?: EmulatorOptions;
  readonly otherwise?: Otherwise;
  /** ms by which the server's clock is ahead of ours. */
  readonly ahead?: number;
  /** Aborted after so many calls. */
  readonly stopAfter?: number;
}

/** Time that passes when it is slept. */
class SleptClock implements Clock {
  #now = Date.UTC(2026, 10, 22, 12);

  now = (): number => this.#now;

  async sleep(ms: number): Promise<void> {
    this.#now += Math.max(0, ms);
  }
}

export interface Run extends Examination {
  readonly emulator: Emulator;
}

/** Tries all facts, one after the other. */
export async function examined(options: LaboratoryOptions = {}): Promise<Run> {
  const { otherwise = (asked: Asked) => asked.pass(), ahead = 0, stopAfter } = options;
  const clock = new SleptClock();
  const serverNow = (): number => clock.now() + ahead;
  const emulator = createEmulator({ ...options.emulator, clock: serverNow });
  const controller = new AbortController();
  let calls = 0;
  const answer = async (...args: Parameters<typeof fetch>): Promise<Response> => {
    calls += 1;
    if (calls === stopAfter) controller.abort();
    return otherwise(await Asked.from(new Request(...args), emulator, serverNow));
  };
  const examination = await examine({
    connect: (signal) =>
      new AutumnClient({
        baseUrl: "http://127.0.0.1",
        secretKey: emulator.key,
        fetch: answer,
        clock,
        random: () => 0,
        maxRetries: 1,
        ...(signal === undefined ? {} : { signal }),
      }),
    clock,
    name: "autumn-balances-doctor-test",
    concurrency: 1,
    slow: false,
    signal: controller.signal,
  });
  return { ...examination, emulator };
}
