// A toy provider to test the protocol with. Environment variables make it misbehave.
import { randomUUID } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import {
  type DataSource,
  DiagnosticError,
  FunctionError,
  numberFromDecimal,
  type Provider,
  type Resource,
  type Schema,
  serveProvider,
  UNKNOWN,
} from "../../../../src/provider/protocol/index.ts";
import { type Client, note } from "./note.ts";

const configSchema = {
  attributes: { folder: { type: "string", optional: true } },
} as const satisfies Schema;

const shelfSchema = {
  attributes: {
    name: { type: "string", required: true },
    notes: { type: ["list", ["object", { title: "string", weight: "number" }]], computed: true },
  },
} as const satisfies Schema;

const shelf: DataSource<typeof shelfSchema, Client> = {
  schema: shelfSchema,
  read: (config) => ({ name: config.name, notes: [{ title: `about ${config.name}`, weight: 0.1 }] }),
};

const sleepSchema = {
  attributes: { ms: { type: "number", required: true }, outcome: { type: "string", computed: true } },
} as const satisfies Schema;

/** Takes its time, unless it is stopped; meanwhile there is a file `asleep-…` in the folder. */
const sleep: Resource<typeof sleepSchema, Client> = {
  schema: sleepSchema,
  read: (stored) => stored,
  async create({ config }, { client, signal }) {
    const sign = join(client.folder, `asleep-${randomUUID()}`);
    writeFileSync(sign, "");
    const ended = await pause(Number(config.ms), "slept", { signal }).catch(() => "stopped");
    rmSync(sign);
    console.log(`about to end: ${ended}`);
    return { state: { ...config, outcome: ended } };
  },
  update: ({ prior }) => ({ state: prior }),
  delete: () => {},
};

const provider: Provider<Client, typeof configSchema> = {
  name: "toy",
  version: "1.0.0",
  address: "registry.terraform.io/example/toy",
  schema: configSchema,
  configure({ folder }) {
    console.log("configured, and told on stdout");
    if (folder === UNKNOWN) throw new DiagnosticError("The folder is not known yet", { path: ["folder"] });
    return { folder: folder ?? process.env.TOY_FOLDER ?? "." };
  },
  resources: { toy_note: note, toy_sleep: sleep },
  dataSources: { toy_shelf: shelf },
  functions: {
    double: {
      summary: "Twice a number",
      parameters: [{ name: "of", type: "number" }],
      returns: "number",
      call([of]) {
        if (of === 13) throw new FunctionError("13 brings bad luck.", 0);
        if (of === 14) throw new TypeError("not thought of");
        return numberFromDecimal(String(Number(of) * 2));
      },
    },
    joined: {
      summary: "Texts, one after the other",
      parameters: [],
      variadic: { name: "texts", type: "string", allowNull: true },
      returns: "string",
      call: (texts) => texts.map((text) => text ?? "null").join("+"),
    },
  },
};

if (process.env.TOY_BREAKS === "at start") throw new Error("this provider can't start");
void serveProvider(provider).then(() => {
  console.log("served, and told on stdout");
  process.stdout.write("served, and written to stdout\n");
  if (process.env.TOY_BREAKS !== "later") return;
  setTimeout(() => {
    throw new Error("an error in a timer");
  }, 10);
  void Promise.reject(new Error("an error that nobody waits for"));
});
