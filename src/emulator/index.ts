// A local Autumn for tests, demos and pipelines: `autumn-balances/emulator`.
import "../web-types.ts";

export type { Level } from "./call.ts";
export type { Duration } from "./clock.ts";
export { createEmulator, type Emulator } from "./emulator.ts";
export type { Fault } from "./faults.ts";
export { DEFAULT_HOST, DEFAULT_KEY, DEFAULT_LEVEL, DEFAULT_PORT, type EmulatorOptions } from "./options.ts";
export type { RaceOptions } from "./races.ts";
export type { LoggedRequest } from "./request-log.ts";
export {
  type EmulatorSeed,
  type SeedBalance,
  type SeedCustomer,
  SeedError,
  type SeedFeature,
} from "./seed.ts";
export { type RunningEmulator, startEmulator } from "./server.ts";
export type { Snapshot } from "./snapshot.ts";
export { StateFileError } from "./state-file.ts";
