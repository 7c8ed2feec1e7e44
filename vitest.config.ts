import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/sequence.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
    globalSetup: ["test/run.setup.ts", "test/build.setup.ts"],
    setupFiles: ["test/seed.setup.ts", "test/file-end.setup.ts"],
    // Large, and not to be transformed.
    server: { deps: { external: [/validate\.generated\.js$/] } },
    // Nothing depends on speed: what ends these is a test that hangs.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    sequence: { sequencer: LongestFirst },
    // More than there are cores: most of the time is spent waiting for other processes.
    maxWorkers: 3 * availableParallelism(),
    // Loading all that a test needs takes longer than most tests; what they change they put back.
    isolate: false,
    unstubEnvs: true,
    // With --coverage, as in CI. What runs as a process of its own is not counted: see CONTRIBUTING.md.
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/**/*.generated.ts", "src/**/*.d.ts", "src/report/page/**"],
      reporter: ["text-summary"],
    },
  },
});
