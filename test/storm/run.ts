// A long storm: tsx test/storm/run.ts FIRST COUNT [LEVEL]. With STORM_LOG=1 it tells everything that happens; STORM_KIND
// is one of those in kinds.ts.
import { LEVELS } from "../reconcile/world.ts";
import type { StormKind } from "./kinds.ts";
import { storm } from "./storm.ts";

const [first = "0", count = "1000", only] = process.argv.slice(2);
const kind = process.env.STORM_KIND as StormKind | undefined;
const began = Date.now();
let wrong = 0;
for (let seed = Number(first); seed < Number(first) + Number(count); seed++) {
  for (const level of LEVELS) {
    if (only !== undefined && level !== only) continue;
    const log = process.env.STORM_LOG ? console.log : undefined;
    const problems = await storm({ seed, level, kind, ...(log ? { log } : {}) });
    if (problems.length === 0) continue;
    wrong++;
    console.log(`seed ${seed}, ${level}: ${problems.join("; ")}`);
  }
}
console.log(`${count} seeds from ${first}: ${wrong} wrong, ${Math.round((Date.now() - began) / 1000)} s`);
process.exitCode = wrong > 0 ? 1 : 0;
