// What checking a large file costs beside parsing it with the yaml package alone.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import jsYaml from "js-yaml";
import { parse } from "yaml";
import { loadConfig } from "../src/config/index.ts";
import { compare, report } from "./measure.ts";

const ENTRIES = 10_000;

export function largeFile(entries: number): string {
  const balances = Array.from(
    { length: entries },
    (_, i) =>
      `  - customer_id: customer_${i}\n    feature_id: api_calls\n    included: ${1000 + i}\n    reset: { interval: month }\n`,
  );
  return `version: 1\nnamespace: bench\nbalances:\n${balances.join("")}`;
}

export async function benchValidate(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "autumn-balances-bench-"));
  const file = join(folder, "balances.yaml");
  writeFileSync(file, largeFile(ENTRIES));
  const schema = JSON.parse(readFileSync("schema/balances.schema.json", "utf8")) as object;
  const isValid = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
  const inProcess = await compare(7, {
    load: () => loadConfig([file]),
    parse: () => parse(readFileSync(file, "utf8")),
    // What one writes in an afternoon: it reports no lines, and accepts any text.
    naive: () => isValid(jsYaml.load(readFileSync(file, "utf8"))),
  });
  report(`loading and checking ${ENTRIES} entries`, inProcess.load, "yaml's parse", inProcess.parse, 1.5);
  report("the same", inProcess.load, "js-yaml and ajv, without places", inProcess.naive, 12);
  const parseAlone = "require('yaml').parse(require('fs').readFileSync(process.argv[1],'utf8'))";
  const asProcess = await compare(7, {
    validate: () => execFileSync(process.execPath, ["dist/cli.js", "validate", file]),
    parse: () => execFileSync(process.execPath, ["-e", parseAlone, file]),
  });
  report(
    `autumn-balances validate, the same file`,
    asProcess.validate,
    "a process that parses it",
    asProcess.parse,
    1.5,
  );
  rmSync(folder, { recursive: true });
}
