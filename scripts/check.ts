// All that is checked besides the tests, at the same time: `npm run check`. What each part says comes when it has ended.
import { exec } from "node:child_process";

const PARTS = ["lint", "typecheck", "generate -- --check", "unused", "shape"];

/** Runs a script of package.json; tells how it went. */
function run(part: string): Promise<void> {
  return new Promise((done) => {
    exec(`npm run --silent ${part}`, { maxBuffer: Number.POSITIVE_INFINITY }, (error, stdout, stderr) => {
      if (error) process.exitCode = 1;
      console.log(`npm run ${part}: ${error ? "failed" : "ok"}\n${stdout}${stderr}`.trimEnd());
      done();
    });
  });
}

await Promise.all(PARTS.map(run));
