// Every call of the protocol, without Terraform.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "@msgpack/msgpack";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { typeOfSchema } from "../../../src/provider/protocol/framework/schema.ts";
import type { CtyType } from "../../../src/provider/protocol/values/type.ts";
import { UNKNOWN } from "../../../src/provider/protocol/values/value.ts";
import type { DynamicValue } from "../../../src/provider/protocol/wire/tfplugin6.generated.ts";
import { asleepIn, Connection, dynamic, objectOf, until } from "./plugin.ts";
import { NOTHING, noteSchema } from "./toy/note.ts";

const NO_BYTES = Buffer.alloc(0);
const noteType = typeOfSchema(noteSchema) as readonly ["object", { readonly [name: string]: CtyType }];
const note = (values: object): DynamicValue => dynamic({ ...NOTHING, ...values }, noteType);
const noNote = dynamic(null, noteType);
const readNote = (sent: DynamicValue | undefined) => objectOf(sent, noteType[1]);
const error = (summary: unknown) => expect.objectContaining({ severity: 1, summary });

let connection: Connection;
beforeAll(async () => {
  connection = await Connection.open();
  await connection.configure();
});
afterAll(async () => {
  expect(await connection.close()).toBe(0);
});

const plan = (values: object, prior: DynamicValue = noNote, proposed: DynamicValue = note(values)) =>
  connection.call("planResourceChange", {
    typeName: "toy_note",
    priorState: prior,
    proposedNewState: proposed,
    config: note(values),
    priorPrivate: NO_BYTES,
  });

const apply = (planned: DynamicValue, prior: DynamicValue = noNote) =>
  connection.call("applyResourceChange", {
    typeName: "toy_note",
    priorState: prior,
    plannedState: planned,
    config: planned,
    plannedPrivate: Buffer.from("planned"),
  });

const read = (state: DynamicValue) =>
  connection.call("readResource", {
    typeName: "toy_note",
    currentState: state,
    private: Buffer.from("p"),
  });

describe("what the provider is", () => {
  it("is told in a schema and in metadata", async () => {
    const schema = await connection.call("getProviderSchema", {});
    expect(schema.serverCapabilities).toEqual({
      planDestroy: true,
      getProviderSchemaOptional: true,
      moveResourceState: false,
    });
    const attributes = schema.resourceSchemas.toy_note?.block?.attributes ?? [];
    expect(schema.resourceSchemas.toy_note?.version).toBe(2);
    expect(attributes.find(({ name }) => name === "title")).toMatchObject({
      required: true,
      computed: false,
      description: "What it is **called**.",
      descriptionKind: 1,
      type: Buffer.from('"string"'),
    });
    expect(attributes.find(({ name }) => name === "pages")?.nestedType).toMatchObject({ nesting: 2 });
    expect(attributes.find(({ name }) => name === "secret")).toMatchObject({
      sensitive: true,
      optional: true,
    });
    expect(Object.keys(schema.functions)).toEqual(["double", "joined"]);
    const metadata = await connection.call("getMetadata", {});
    expect(metadata).toMatchObject({
      resources: [{ typeName: "toy_note" }, { typeName: "toy_sleep" }],
      dataSources: [{ typeName: "toy_shelf" }],
      functions: [{ name: "double" }, { name: "joined" }],
    });
    const functions = await connection.call("getFunctions", {});
    expect(functions.functions).toEqual(schema.functions);
  });
});

describe("a configuration", () => {
  const validate = (values: object) =>
    connection.call("validateResourceConfig", {
      typeName: "toy_note",
      config: note(values),
    });

  it("is fine, or has an error at an attribute", async () => {
    expect((await validate({ title: "t" })).diagnostics).toEqual([]);
    const { diagnostics } = await validate({ title: "t", reset: { interval: "never", count: null } });
    expect(diagnostics).toEqual([
      {
        severity: 1,
        summary: "A note can't be reset never",
        detail: "Leave `reset` out.\n\nAt reset.interval.",
        attribute: { steps: [{ selector: { $case: "attributeName", value: "reset" } }] },
      },
    ]);
  });

  it("may not be known yet, in any part", async () => {
    expect((await validate({ title: UNKNOWN, reset: UNKNOWN, weight: UNKNOWN })).diagnostics).toEqual([]);
    expect((await validate({ reset: { interval: UNKNOWN, count: UNKNOWN } })).diagnostics).toEqual([]);
  });

  it("may have a warning", async () => {
    expect((await validate({ title: "t", weight: 2000 })).diagnostics).toEqual([
      expect.objectContaining({ severity: 2, summary: "That is heavy" }),
    ]);
  });

  it("on which the provider throws is an error that asks for a report", async () => {
    const { diagnostics } = await validate({ title: "throw" });
    expect(diagnostics).toEqual([error("Validating toy_note failed unexpectedly")]);
    expect(diagnostics[0]?.detail).toMatch(/^not thought of\n\nThis is a mistake in the provider/);
    // It comes by another way than the answer, and may come after it.
    await expect.poll(() => connection.started.output.stderr).toContain("TypeError: not thought of");
  });

  it("of the provider and of a data source is validated too", async () => {
    const config = dynamic({ folder: UNKNOWN }, ["object", { folder: "string" }]);
    expect((await connection.call("validateProviderConfig", { config })).diagnostics).toEqual([]);
    const shelf = dynamic({ name: "x", notes: null }, ["object", { name: "string", notes: "dynamic" }]);
    const source = { typeName: "toy_shelf", config: shelf };
    expect((await connection.call("validateDataResourceConfig", source)).diagnostics).toEqual([]);
  });
});

describe("a resource", () => {
  it("is planned with what is computed unknown, created, read, updated, and deleted", async () => {
    const values = { title: "hello", weight: 0.1, tags: ["a"], labels: { constructor: "c" } };
    const planned = await plan(values);
    expect(planned.diagnostics).toEqual([]);
    expect(planned.plannedPrivate.toString()).toBe("planned");
    expect(readNote(planned.plannedState)).toMatchObject({ ...values, id: UNKNOWN, digest: UNKNOWN });

    const created = await apply(planned.plannedState as DynamicValue);
    expect(created.diagnostics).toEqual([]);
    const state = created.newState as DynamicValue;
    expect(readNote(state)).toMatchObject({ ...values, id: expect.any(String), digest: "5", urgent: false });

    const seen = await read(state);
    expect(readNote(seen.newState)).toEqual(readNote(state));
    expect(seen.private.toString()).toBe("p");

    const renamed = { ...values, title: "longer" };
    const update = await plan(renamed, state, note({ ...readNote(state), ...renamed }));
    expect(readNote(update.plannedState)).toMatchObject({ id: readNote(state)?.id, digest: UNKNOWN });
    expect(update.requiresReplace).toEqual([]);
    const updated = await apply(update.plannedState as DynamicValue, state);
    expect(readNote(updated.newState)).toMatchObject({ title: "longer", digest: "6" });

    const gone = await apply(noNote, updated.newState);
    expect(gone).toMatchObject({ diagnostics: [], private: NO_BYTES });
    expect(readNote(gone.newState)).toBeNull();
    expect(readNote((await read(updated.newState as DynamicValue)).newState)).toBeNull();
  });

  it("says which attribute makes it be replaced", async () => {
    const prior = { id: "1", title: "t", author: "a" };
    const { requiresReplace } = await plan(
      { title: "t", author: "b" },
      note(prior),
      note({ ...prior, author: "b" }),
    );
    expect(requiresReplace).toEqual([{ steps: [{ selector: { $case: "attributeName", value: "author" } }] }]);
  });

  it("can warn before it is deleted", async () => {
    const planned = await plan({}, note({ id: "1", title: "keep" }), noNote);
    expect(planned.diagnostics).toEqual([expect.objectContaining({ summary: "This note was to be kept" })]);
    expect(readNote(planned.plannedState)).toBeNull();
  });

  it("whose creation fails has no state", async () => {
    const failed = await apply(note({ title: "fail" }));
    expect(failed.diagnostics).toEqual([error("The disk is full")]);
    expect(readNote(failed.newState)).toBeNull();
  });

  it("whose creation half fails has one", async () => {
    const half = await apply(note({ title: "half" }));
    expect(half.diagnostics).toEqual([error("Only half of it came about")]);
    expect(readNote(half.newState)).toMatchObject({ title: "half" });
  });

  it("whose update fails keeps its state and its private bytes", async () => {
    const prior = { id: "1", title: "before" };
    const failed = await apply(note({ id: "1", title: "fail" }), note(prior));
    expect(failed.diagnostics).toEqual([error("The disk is full")]);
    expect(readNote(failed.newState)).toMatchObject(prior);
    expect(failed.private.toString()).toBe("planned");
  });

  it("that the provider does not have is an error", async () => {
    for (const typeName of ["toy_nothing", "constructor", "__proto__"]) {
      const answer = await connection.call("readResource", {
        typeName,
        currentState: noNote,
        private: NO_BYTES,
      });
      expect(answer.diagnostics).toEqual([error(`The provider has no resource ${JSON.stringify(typeName)}`)]);
    }
  });

  it("is imported by its id, and can be unknown", async () => {
    writeFileSync(
      join(connection.started.socketFolder, "there.json"),
      JSON.stringify({ ...NOTHING, id: "there" }),
    );
    const importing = (id: string, typeName = "toy_note") =>
      connection.call("importResourceState", { typeName, id });
    const { importedResources, diagnostics } = await importing("there");
    expect(diagnostics).toEqual([]);
    expect(importedResources).toHaveLength(1);
    expect(readNote(importedResources[0]?.state)).toMatchObject({ id: "there", title: null });
    expect((await importing("elsewhere")).diagnostics).toEqual([error("There is no note elsewhere")]);
    expect((await importing("x", "toy_sleep")).diagnostics).toEqual([error("toy_sleep can't be imported")]);
  });

  it("can't be moved unless it says how", async () => {
    const answer = await connection.call("moveResourceState", {
      sourceProviderAddress: "registry.terraform.io/example/other",
      sourceTypeName: "other_note",
      sourceSchemaVersion: 0,
      targetTypeName: "toy_note",
      sourcePrivate: NO_BYTES,
    });
    expect(answer.diagnostics).toEqual([error("toy_note can't take over the state of other_note")]);
  });
});

describe("a state", () => {
  const upgrade = (version: number, json: string, typeName = "toy_note") =>
    connection.call("upgradeResourceState", {
      typeName,
      version,
      rawState: { json: Buffer.from(json), flatmap: {} },
    });

  it("of this version is taken as it is, with exact numbers, and without attributes that are gone", async () => {
    const { upgradedState, diagnostics } = await upgrade(
      2,
      '{"id":"1","title":"t","weight":9007199254740993,"gone":1}',
    );
    expect(diagnostics).toEqual([]);
    expect(readNote(upgradedState)).toMatchObject({ id: "1", weight: 9007199254740993n, tags: null });
  });

  it("of an older version is upgraded", async () => {
    const { upgradedState } = await upgrade(1, '{"id":"1","name":"old","weight":0.1}');
    expect(readNote(upgradedState)).toMatchObject({ id: "1", title: "old", weight: 0.1, digest: "upgraded" });
  });

  it.each([
    [0, "{}", "The state of toy_note has the schema version 0, which is unknown"],
    [3, "{}", "The state of toy_note was written by a newer version of this provider"],
    [2, "", "The state of toy_note is of Terraform 0.11 or before, which can't be read"],
    [2, "{", "Upgrading the state of toy_note: a value does not fit the schema"],
    [2, '{"tags":[{}]}', "Upgrading the state of toy_note: a value does not fit the schema"],
  ])("of version %d (%s) is an error", async (version, json, summary) => {
    expect((await upgrade(version, json)).diagnostics).toEqual([error(summary)]);
  });
});

describe("a data source", () => {
  it("is read", async () => {
    const type = {
      name: "string",
      notes: ["list", ["object", { title: "string", weight: "number" }]],
    } as const;
    const config = dynamic({ name: "x" }, ["object", type]);
    const answer = await connection.call("readDataSource", {
      typeName: "toy_shelf",
      config,
    });
    expect(answer.diagnostics).toEqual([]);
    expect(objectOf(answer.state, type)).toMatchObject({
      name: "x",
      notes: [{ title: "about x", weight: 0.1 }],
    });
    const unknown = await connection.call("readDataSource", {
      typeName: "toy_none",
      config,
    });
    expect(unknown.diagnostics).toEqual([error('The provider has no data source "toy_none"')]);
  });
});

describe("a function", () => {
  const call = (name: string, ...values: [unknown, CtyType][]) =>
    connection.call("callFunction", {
      name,
      arguments: values.map(([value, type]) => dynamic(value, type)),
    });

  it("answers, or says which argument is wrong", async () => {
    expect((await call("double", [21, "number"])).result).toEqual(dynamic(42, "number"));
    expect((await call("joined")).result).toEqual(dynamic("", "string"));
    expect((await call("joined", ["a", "string"], [null, "string"])).result).toEqual(
      dynamic("a+null", "string"),
    );
    expect((await call("double", [13, "number"])).error).toEqual({
      text: "13 brings bad luck.",
      functionArgument: 0,
    });
    expect((await call("double", [14, "number"])).error?.text).toMatch(
      /^not thought of\n\nThis is a mistake/,
    );
  });

  it.each<[string, [unknown, CtyType][], object]>([
    ["nothing", [], { text: 'The provider has no function "nothing".' }],
    ["double", [], { text: "1 arguments were expected, 0 came." }],
    ["double", [["x", "string"]], { text: expect.stringContaining("not a number"), functionArgument: 0 }],
    [
      "joined",
      [
        ["x", "string"],
        [true, "bool"],
      ],
      { text: expect.stringContaining("string"), functionArgument: 1 },
    ],
  ])("%s of %j is an error", async (name, values, expected) => {
    expect((await call(name, ...values)).error).toEqual(expected);
  });
});

describe("garbage", () => {
  const sent = (msgpack: Uint8Array, json = NO_BYTES): DynamicValue => ({
    msgpack: Buffer.from(msgpack),
    json,
  });
  const garbage: [string, DynamicValue | undefined][] = [
    ["bytes", sent(Buffer.alloc(64, 0xc1))],
    ["half a value", sent(encode({ title: "t" }).subarray(0, 4))],
    ["another type", sent(encode([1, 2, 3]))],
    ["too few attributes", sent(encode({ title: "t" }))],
    ["unknown as a whole", sent(Buffer.from("d40000", "hex"))],
    ["a null where an object must be", sent(encode(null))],
    ["nothing", undefined],
    ["half a JSON", sent(NO_BYTES, Buffer.from('{"title":'))],
    ["JSON of another type", sent(NO_BYTES, Buffer.from("[1]"))],
    ["__proto__", sent(NO_BYTES, Buffer.from('{"__proto__":{"title":"t"}}'))],
  ];

  it.each(garbage)("%s is an error of every call", async (_name, value) => {
    const config = value ? { config: value } : {};
    const answers = await Promise.all([
      connection.call("validateResourceConfig", { typeName: "toy_note", ...config }),
      connection.call("validateDataResourceConfig", { typeName: "toy_shelf", ...config }),
      connection.call("validateProviderConfig", { ...config }),
      connection.call("readResource", {
        typeName: "toy_note",
        private: NO_BYTES,
        ...(value && { currentState: value }),
      }),
      connection.call("planResourceChange", {
        typeName: "toy_note",
        priorPrivate: NO_BYTES,
        proposedNewState: note({}),
        ...config,
      }),
      connection.call("applyResourceChange", {
        typeName: "toy_note",
        plannedPrivate: NO_BYTES,
        plannedState: note({}),
        ...config,
      }),
      connection.call("readDataSource", { typeName: "toy_shelf", ...config }),
    ]);
    for (const { diagnostics } of answers) expect(diagnostics).toEqual([error(expect.any(String))]);
  });
});

describe("calls at the same time", () => {
  it("are answered at the same time", async () => {
    const type = { ms: "number", outcome: "string" } as const;
    const planned = dynamic({ ms: 600_000, outcome: null }, ["object", type]);
    const fresh = await Connection.open();
    await fresh.configure();
    const answers = Array.from({ length: 100 }, () =>
      fresh.call("applyResourceChange", {
        typeName: "toy_sleep",
        plannedState: planned,
        config: planned,
        plannedPrivate: NO_BYTES,
      }),
    );
    await until(() => asleepIn(fresh.started.socketFolder) === answers.length, "all of them at once");
    await fresh.call("stopProvider", {});
    for (const answer of await Promise.all(answers)) {
      expect(objectOf(answer.newState, type)).toMatchObject({ outcome: "stopped" });
    }
    // A provider that is debugged goes on, and the next Terraform is not the one that was interrupted.
    await fresh.configure();
    const short = dynamic({ ms: 1, outcome: null }, ["object", type]);
    const next = await fresh.call("applyResourceChange", {
      typeName: "toy_sleep",
      plannedState: short,
      config: short,
      plannedPrivate: NO_BYTES,
    });
    expect(objectOf(next.newState, type)).toMatchObject({ outcome: "slept" });
    await fresh.close();
  });
});

describe("before it is configured", () => {
  it("a provider says so", async () => {
    const fresh = await Connection.open();
    const answer = await fresh.call("readResource", {
      typeName: "toy_note",
      currentState: note({ id: "1" }),
      private: NO_BYTES,
    });
    expect(answer.diagnostics).toEqual([error("The provider has not been configured")]);
    expect(readNote(answer.newState)).toMatchObject({ id: "1" });
    const config = dynamic({ folder: UNKNOWN }, ["object", { folder: "string" }]);
    const configured = await fresh.call("configureProvider", {
      terraformVersion: "1.11.4",
      config,
    });
    expect(configured.diagnostics).toEqual([error("The folder is not known yet")]);
    await fresh.close();
  });
});
