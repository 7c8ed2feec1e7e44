// The example of the protocol's README is a provider that works.
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { expect, it } from "vitest";
import { bundle } from "./bundle.ts";
import { Connection, dynamic, handshake, object, objectOf, start } from "./plugin.ts";
import { temporary } from "./temporary.ts";

const PROTOCOL = resolve(import.meta.dirname, "../../../src/provider/protocol");
const type = { path: "string", text: "string", length: "number" } as const;

it("the README's provider plans, creates and reads a note", async () => {
  const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(PROTOCOL, "README.md"), "utf8")) ?? [];
  const folder = temporary("readme-");
  writeFileSync(join(folder, "example.ts"), code.replace("./protocol/index.ts", join(PROTOCOL, "index.ts")));
  const program = await bundle(join(folder, "terraform-provider-notes"), join(folder, "example.ts"));
  const started = await start({}, [], program);
  const connection = new Connection(started, await handshake(started));

  const config = dynamic({}, ["object", {}]);
  await connection.call("configureProvider", { terraformVersion: "1.11.4", config });
  const wanted = object({ path: "note", text: "hello", length: null }, type);
  const note = { typeName: "notes_note", config: wanted };
  const { plannedState } = await connection.call("planResourceChange", {
    ...note,
    proposedNewState: wanted,
    priorPrivate: Buffer.alloc(0),
  });
  expect(objectOf(plannedState, type)).toMatchObject({ text: "hello", length: 5 });
  const path = join(folder, "note");
  const planned = object({ path: relative(process.cwd(), path), text: "hello", length: 5 }, type);
  const { newState, diagnostics } = await connection.call("applyResourceChange", {
    typeName: "notes_note",
    config: planned,
    plannedState: planned,
    plannedPrivate: Buffer.alloc(0),
  });
  expect(diagnostics).toEqual([]);
  expect(readFileSync(path, "utf8")).toBe("hello");
  writeFileSync(path, "changed");
  const read = await connection.call("readResource", {
    typeName: "notes_note",
    ...(newState && { currentState: newState }),
    private: Buffer.alloc(0),
  });
  expect(objectOf(read.newState, type)).toMatchObject({ text: "changed", length: 7 });
  expect(await connection.close()).toBe(0);
});
