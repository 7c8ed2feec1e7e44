// What GitHub starts for a step that uses the action.
import { run } from "./run.ts";

await run();
