#!/usr/bin/env node
// The command line's first step. Nothing is imported before it is known to be needed: the version is answered
// by this file alone, and each verb loads only what it uses.

const argv = process.argv.slice(2);

if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
  // Set by scripts/build.ts; there is none when run from the sources.
  process.stdout.write(`${process.env.AUTUMN_BALANCES_VERSION ?? "development"}\n`);
} else {
  const { main } = await import("./main.ts");
  await main(argv);
}
