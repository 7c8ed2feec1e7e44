// The control surface under /_emulator/: time, faults, the request log and the state, over HTTP.

import type { Level } from "./call.ts";
import type { Duration } from "./clock.ts";
import { invalidInputs } from "./errors.ts";
import { type Fault, readFault } from "./faults.ts";
import { isObject, parseBody } from "./fields.ts";
import type { Answer } from "./pipeline.ts";
import type { LoggedRequest } from "./request-log.ts";
import { readSnapshot, type Snapshot } from "./snapshot.ts";

export const CONTROL_PREFIX = "/_emulator/";

/** What can be controlled of an emulator. */
export interface Controllable {
  readonly level: Level;
  now(): number;
  routes(): readonly string[];
  advance(duration: number | string | Duration): void;
  setTime(time: number | string): void;
  faults(): readonly Fault[];
  inject(fault: Fault): void;
  clearFaults(): void;
  requests(): readonly LoggedRequest[];
  clearRequests(): void;
  reset(): void;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
  seed(seed: unknown): void;
}

type Body = Readonly<Record<string, unknown>>;
type Control = (emulator: Controllable, body: Body) => unknown;

const HELP = {
  "GET /_emulator/": "this list",
  "GET /_emulator/clock": "the emulator's time: {now, iso}",
  "POST /_emulator/clock":
    'moves the time: {"advance_ms": 1000}, {"advance": "P1M"}, {"advance": {"months": 1}} or {"set": "2027-01-31T00:00:00Z"}',
  "GET /_emulator/faults": "the faults that wait for a request",
  "POST /_emulator/faults":
    'arms a fault: {"route": "POST /v1/balances.create" | "*", "kind": "status"|"delay"|"drop_before"|"drop_after", "nth"?, "times"?, "customer_id"?, "status"?, "code"?, "message"?, "headers"?, "delay_ms"?, "after_effect"?}',
  "DELETE /_emulator/faults": "disarms all faults",
  "GET /_emulator/requests": "the requests so far",
  "DELETE /_emulator/requests": "forgets the requests so far",
  "POST /_emulator/reset": "forgets everything: state, keys, faults, requests, clock",
  "GET /_emulator/snapshot": "the whole state",
  "POST /_emulator/snapshot": "goes back to a state from GET /_emulator/snapshot",
  "POST /_emulator/seed": "adds features, customers and balances",
} as const;

const CONTROLS: Record<keyof typeof HELP, Control> = {
  "GET /_emulator/": (emulator) => ({
    name: "autumn-balances emulator",
    level: emulator.level,
    now: emulator.now(),
    routes: emulator.routes(),
    control: HELP,
  }),
  "GET /_emulator/clock": clock,
  "POST /_emulator/clock": moveClock,
  "GET /_emulator/faults": (emulator) => ({ faults: emulator.faults() }),
  "POST /_emulator/faults": (emulator, body) => done(() => emulator.inject(readFault(body))),
  "DELETE /_emulator/faults": (emulator) => done(() => emulator.clearFaults()),
  "GET /_emulator/requests": (emulator) => ({ requests: emulator.requests() }),
  "DELETE /_emulator/requests": (emulator) => done(() => emulator.clearRequests()),
  "POST /_emulator/reset": (emulator) => done(() => emulator.reset()),
  "GET /_emulator/snapshot": (emulator) => emulator.snapshot(),
  "POST /_emulator/snapshot": (emulator, body) => done(() => emulator.restore(readSnapshot(body))),
  "POST /_emulator/seed": (emulator, body) => done(() => emulator.seed(body)),
};

/** Answers a control request. Mistakes are 400 invalid_inputs, unknown controls 404. */
export function control(emulator: Controllable, method: string, path: string, text: string): Answer {
  const name = `${method} ${path}`;
  if (!Object.hasOwn(CONTROLS, name)) {
    return {
      status: 404,
      body: { message: `No such control: ${name}. See GET ${CONTROL_PREFIX}`, code: "not_found" },
    };
  }
  try {
    const body = method === "POST" ? strictBody(text) : {};
    return { status: 200, body: CONTROLS[name as keyof typeof HELP](emulator, body) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { status: 400, body: { message, code: "invalid_inputs" } };
  }
}

/** Unlike the API, the control surface does not take unreadable JSON for an empty body. */
function strictBody(text: string): Body {
  if (text.trim() === "") return {};
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new TypeError(`body: no JSON (${(cause as Error).message})`, { cause });
  }
  return parseBody(text);
}

function done(run: () => void): { success: true } {
  run();
  return { success: true };
}

function clock(emulator: Controllable) {
  return { now: emulator.now(), iso: new Date(emulator.now()).toISOString() };
}

function moveClock(emulator: Controllable, body: Body) {
  const { advance_ms: ms, advance, set } = body;
  if (typeof ms === "number") emulator.advance(ms);
  else if (typeof advance === "number" || typeof advance === "string") emulator.advance(advance);
  else if (isObject(advance) && Object.values(advance).every((part) => typeof part === "number")) {
    emulator.advance(advance as Duration);
  } else if (typeof set === "number" || typeof set === "string") emulator.setTime(set);
  else throw invalidInputs("clock: give advance_ms, advance or set");
  return clock(emulator);
}
