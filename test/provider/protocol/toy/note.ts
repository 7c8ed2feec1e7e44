// A toy resource: notes, each a JSON file in a folder. It has an attribute of every kind.
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type CtyNumber,
  DiagnosticError,
  ExactDecimal,
  numberFromDecimal,
  type Planned,
  planWithUnknowns,
  type Resource,
  type Schema,
  type State,
  UNKNOWN,
} from "../../../../src/provider/protocol/index.ts";

export interface Client {
  readonly folder: string;
}

export const noteSchema = {
  version: 2,
  description: "A note in a file.",
  attributes: {
    id: { type: "string", computed: true },
    title: { type: "string", required: true, description: "What it is **called**." },
    author: { type: "string", optional: true },
    weight: { type: "number", optional: true },
    urgent: { type: "bool", optional: true, computed: true },
    tags: { type: ["list", "string"], optional: true },
    labels: { type: ["map", "string"], optional: true },
    readers: { type: ["set", "string"], optional: true },
    anything: { type: "dynamic", optional: true },
    reset: {
      nested: "single",
      optional: true,
      attributes: {
        interval: { type: "string", required: true },
        count: { type: "number", optional: true },
      },
    },
    pages: {
      nested: "list",
      optional: true,
      attributes: { text: { type: "string", required: true } },
    },
    secret: { type: "string", optional: true, sensitive: true },
    digest: { type: "string", computed: true },
  },
} as const satisfies Schema;

type NoteState = State<typeof noteSchema>;
type NotePlan = Planned<typeof noteSchema>;

/** Values in a file: JSON has no exact numbers. */
const asJson = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "bigint" || inner instanceof ExactDecimal ? { number: String(inner) } : inner,
  );
const fromJson = (text: string): NoteState =>
  JSON.parse(text, (_key, inner) => (inner?.number ? numberFromDecimal(inner.number) : inner)) as NoteState;

const fileOf = (client: Client, id: string | null): string => join(client.folder, `${id}.json`);

function stored(planned: NotePlan, id: string, client: Client): { state: NoteState } {
  const digest = `${planned.title === UNKNOWN ? "" : planned.title.length}`;
  const urgent = planned.urgent === UNKNOWN ? false : planned.urgent;
  const state = { ...planned, id, digest, urgent } as NoteState;
  // A dynamic value has a class, which a file would lose; the toy keeps it in the state alone.
  writeFileSync(fileOf(client, id), asJson({ ...state, anything: null }));
  return { state };
}

const tooHeavy = (weight: CtyNumber): boolean => typeof weight === "number" && weight > 1000 && weight < 1e6;

export const note: Resource<typeof noteSchema, Client> = {
  schema: noteSchema,
  validate(config, { report }) {
    const { weight } = config;
    if (weight !== null && weight !== UNKNOWN && tooHeavy(weight))
      report({ severity: "warning", summary: "That is heavy", path: ["weight"] });
    if (config.reset !== UNKNOWN && config.reset !== null && config.reset.interval === "never")
      throw new DiagnosticError("A note can't be reset never", {
        detail: "Leave `reset` out.",
        path: ["reset", "interval"],
      });
    if (config.title === "throw") throw new TypeError("not thought of");
  },
  upgrade: {
    1: {
      schema: {
        attributes: { id: { type: "string" }, name: { type: "string" }, weight: { type: "number" } },
      },
      upgrade: (old) => ({
        ...NOTHING,
        id: old.id as string,
        title: old.name as string,
        weight: old.weight as CtyNumber,
        digest: "upgraded",
      }),
    },
  },
  read({ state }, { client }) {
    const file = fileOf(client, state.id);
    if (!existsSync(file)) return null;
    return { state: { ...fromJson(readFileSync(file, "utf8")), anything: state.anything } };
  },
  plan({ prior, proposed, config }) {
    const planned = planWithUnknowns(noteSchema, { prior, proposed, config }, ["id"]) as NotePlan;
    const renamed = prior !== null && prior.author !== planned.author;
    return { planned, requiresReplace: renamed ? [["author"]] : [], private: Buffer.from("planned") };
  },
  planDelete({ state }, { report }) {
    if (state.title === "keep") report({ severity: "warning", summary: "This note was to be kept" });
  },
  create({ planned, private: bytes }, { client, report }) {
    if (Buffer.from(bytes).toString() !== "planned") throw new Error("the plan's private bytes are gone");
    if (planned.title === "fail") throw new DiagnosticError("The disk is full");
    if (planned.title === "half") report({ severity: "error", summary: "Only half of it came about" });
    return stored(planned, randomUUID(), client);
  },
  update({ planned, prior }, { client }) {
    if (planned.title === "fail") throw new DiagnosticError("The disk is full");
    return stored(planned, prior.id ?? "", client);
  },
  delete({ state }, { client }) {
    rmSync(fileOf(client, state.id), { force: true });
  },
  import(id, { client }) {
    if (!existsSync(fileOf(client, id))) throw new DiagnosticError(`There is no note ${id}`);
    return { state: { id } };
  },
};

export const NOTHING: NoteState = {
  id: null,
  title: "",
  author: null,
  weight: null,
  urgent: null,
  tags: null,
  labels: null,
  readers: null,
  anything: null,
  reset: null,
  pages: null,
  secret: null,
  digest: null,
};
