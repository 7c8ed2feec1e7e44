import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
    globalSetup: ["test/build.setup.ts"],
    setupFiles: ["test/seed.setup.ts"],
    testTimeout: 60_000,
    // Not one core less, as is the default: most of the time is spent waiting for other processes.
    maxWorkers: "100%",
  },
});
