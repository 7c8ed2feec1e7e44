// The order of the rooms that CONTRIBUTING.md tells, held against every import of src/.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript-6";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Rooms from the ground up: each imports only from those before it. */
const ROOMS = [
  "text",
  "schema",
  "config",
  "autumn",
  "reconcile",
  "policy",
  "history",
  "explain",
  "forecast",
  "doctor",
  "emulator",
  "document",
  "report",
  "app",
  "cli",
  "action",
  "provider",
  "cdktf",
];

/** The floors of the engine, from the ground up; its other files are below them, or bring them together. */
const FLOORS = ["transitions", "decide", "observe", "apply"];

/** Files that no other room imports, as they run when they are loaded. */
const ENTRY_POINTS = ["src/cli/index.ts", "src/action/index.ts"];

const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
  .map((path) => posix.join("src", path.replaceAll("\\", "/")))
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"));

/** The files of src/ that a file imports, types and lazy imports included. */
function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(ROOT, file), "utf8"), true, true);
  return importedFiles
    .map(({ fileName }) => fileName)
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => posix.join(posix.dirname(file), specifier))
    .filter((path) => files.includes(path));
}

const graph = new Map(files.map((file) => [file, importsOf(file)]));
const edges = [...graph].flatMap(([from, all]) => all.map((to) => ({ from, to })));

/** The room of a file; `null` for src/index.ts. */
const roomOf = (file: string): string | null =>
  dirname(file) === "src" ? null : (file.split("/")[1] ?? null);

const shown = (wrong: typeof edges): string[] => wrong.map(({ from, to }) => `${from} → ${to}`);

const between = edges.filter(({ from, to }) => roomOf(from) !== roomOf(to) && roomOf(to) !== null);

describe("imports", () => {
  it("are found", () => {
    expect(edges.length).toBeGreaterThan(files.length);
    expect(new Set(files.map(roomOf).filter((room) => room !== null))).toEqual(new Set(ROOMS));
  });

  it("never run upward", () => {
    const upward = between.filter(({ from, to }) => {
      const room = roomOf(from);
      return room !== null && ROOMS.indexOf(roomOf(to) ?? "") > ROOMS.indexOf(room);
    });
    expect(shown(upward)).toEqual([]);
  });

  it("enter a room by an index.ts, and never by an entry point", () => {
    const past = between.filter(({ to }) => posix.basename(to) !== "index.ts" || ENTRY_POINTS.includes(to));
    expect(shown(past)).toEqual([]);
  });

  it("never run upward between the floors of the engine", () => {
    const floorOf = (file: string) => FLOORS.indexOf(file.split("/")[2] ?? "");
    const upward = edges.filter(
      ({ from, to }) =>
        roomOf(from) === "reconcile" &&
        roomOf(to) === "reconcile" &&
        floorOf(from) !== -1 &&
        floorOf(to) > floorOf(from),
    );
    expect(shown(upward)).toEqual([]);
  });

  it("never run in a circle", () => {
    const done = new Set<string>();
    const circles: string[] = [];
    const walk = (file: string, path: readonly string[]): void => {
      const begin = path.indexOf(file);
      if (begin !== -1) circles.push([...path.slice(begin), file].join(" → "));
      if (begin !== -1 || done.has(file)) return;
      for (const to of graph.get(file) ?? []) walk(to, [...path, file]);
      done.add(file);
    };
    for (const file of files) walk(file, []);
    expect(circles).toEqual([]);
  });
});
