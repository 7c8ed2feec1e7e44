// `autumn-balances schema`: prints the JSON Schemas as they are published with the package.
import { existsSync, readFileSync } from "node:fs";
import { EXIT, type ExitCode, type Terminal } from "../../app/index.ts";

export const SCHEMAS = ["balances", "plan", "history", "explain", "forecast", "policy"] as const;
export type SchemaName = (typeof SCHEMAS)[number];

export function runSchema(name: SchemaName, terminal: Terminal): ExitCode {
  terminal.print(readFileSync(published(name), "utf8"));
  return EXIT.ok;
}

/** The bundler decides how deep below the package's folder this code lies. */
function published(name: SchemaName): URL {
  const candidates = ["../", "../../", "../../../"].map(
    (up) => new URL(`${up}schema/${name}.schema.json`, import.meta.url),
  );
  const found = candidates.find((url) => existsSync(url));
  if (found === undefined) throw new Error(`the package has lost its schema/${name}.schema.json`);
  return found;
}
