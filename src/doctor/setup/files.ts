// The balances files: found, valid, whose they are, and who may change them.
import type { Problem } from "../../schema/index.ts";
import { type Check, ok, problem, type Surroundings, warning } from "./check.ts";

/** How many paths are named one by one. */
const NAMED = 3;

export function fileChecks(surroundings: Surroundings): Check[] {
  return [files(surroundings), namespace(surroundings), permissions(surroundings), folder(surroundings)];
}

function files({ files: read }: Surroundings): Check {
  const id = "balances-files";
  if ("problems" in read) {
    const [first] = read.problems;
    const others = read.problems.length - 1;
    const says = `${first === undefined ? "the files cannot be read" : placed(first)}${others > 0 ? ` (and ${others} more)` : ""}`;
    return problem(id, says, first?.hint ?? "`autumn-balances validate` shows all that is wrong");
  }
  const balances = `${read.balances} ${read.balances === 1 ? "balance" : "balances"}`;
  const customers = `${read.customers} ${read.customers === 1 ? "customer" : "customers"}`;
  return ok(id, `${named(read.files)}: ${balances} of ${customers}, valid`);
}

function placed({ place, message }: Problem): string {
  return place === undefined ? message : `${place.file}:${place.line}:${place.column}: ${message}`;
}

function namespace({ files: read }: Surroundings): Check {
  const id = "namespace";
  if ("problems" in read)
    return warning(id, "not known, as the files are not valid", "correct the files first");
  const environment =
    read.environment === null ? "for any environment" : `for the ${read.environment} environment only`;
  return ok(id, `${read.namespace}, ${environment}`);
}

function permissions({ access }: Surroundings): Check {
  const id = "file-permissions";
  const unreadable = access.filter(({ isReadable }) => !isReadable).map(({ path }) => path);
  if (unreadable.length > 0) {
    return problem(
      id,
      `cannot be read: ${named(unreadable)}`,
      "give the user who runs this the right to read",
    );
  }
  const open = access.filter(({ isOpenToAll }) => isOpenToAll).map(({ path }) => path);
  if (open.length > 0) {
    const hint = "whoever changes them grants balances: `chmod o-w` them";
    return warning(id, `anybody on this machine may change: ${named(open)}`, hint);
  }
  return ok(id, access.length === 0 ? "no files to look at" : "readable, and not open to everybody");
}

function folder({ folder: { isWritable, isOpenToAll } }: Surroundings): Check {
  const id = "folder-permissions";
  if (isOpenToAll) {
    const hint = "whoever can add files to it can grant balances: `chmod o-w` it";
    return warning(id, "anybody on this machine may add files to this folder", hint);
  }
  if (!isWritable) {
    const hint = "that is fine for plan and apply; init, import --out and plan --out write elsewhere then";
    return warning(id, "this folder cannot be written to", hint);
  }
  return ok(id, "this folder can be written to");
}

function named(paths: readonly string[]): string {
  const shown = paths.slice(0, NAMED).join(", ");
  return paths.length > NAMED ? `${shown} and ${paths.length - NAMED} more` : shown;
}
