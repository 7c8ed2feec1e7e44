// The published JSON Schemas of all documents, from the same descriptions that write and read them.
import type { JsonSchema } from "../schema/index.ts";
import type { Codec, Definitions } from "./codec.ts";
import { driftDocument } from "./drift.ts";
import { explainDocument } from "./explain.ts";
import { forecastDocument } from "./forecast.ts";
import { historyDocument } from "./history.ts";
import {
  doctorDocument,
  errorDocument,
  importDocument,
  setupDocument,
  validationDocument,
} from "./others.ts";
import { applyDocument, planDocument } from "./plan.ts";
import { savedPlanDocument } from "./saved-plan.ts";

interface Published {
  readonly title: string;
  /** What prints or writes the documents, for the description. */
  readonly of: string;
  readonly documents: readonly Pick<Codec<unknown>, "read" | "schema">[];
}

const printedBy = (verb: string): string => `\`autumn-balances ${verb}\` prints with --format json`;

/** By NAME in `schema/NAME.schema.json`. */
export const PUBLISHED: { readonly [name: string]: Published } = {
  plan: {
    title: "Documents of autumn-balances",
    of: "`autumn-balances validate`, `plan`, `apply`, `drift`, `import` and `doctor` print with --format json, and what `plan --out` writes",
    documents: [
      planDocument,
      applyDocument,
      driftDocument,
      importDocument,
      doctorDocument,
      setupDocument,
      validationDocument,
      errorDocument,
      savedPlanDocument,
    ],
  },
  explain: {
    title: "What a customer has, and why",
    of: printedBy("explain"),
    documents: [explainDocument, errorDocument],
  },
  forecast: {
    title: "What customers will have",
    of: printedBy("forecast"),
    documents: [forecastDocument, errorDocument],
  },
  history: {
    title: "The history of balances",
    of: printedBy("history"),
    documents: [historyDocument, errorDocument],
  },
};

/** The published schemas, by name. */
export const documentSchemas = (): (readonly [name: string, schema: JsonSchema])[] =>
  Object.entries(PUBLISHED).map(([name, { title, of, documents }]) => {
    const definitions: Definitions = new Map();
    const schema = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $id: `urn:autumn-balances:${name}:v1`,
      title,
      description: `What ${of}. Readers should ignore fields they do not know.`,
      type: "object",
      oneOf: documents.map((one) => one.schema(definitions)),
      $defs: Object.fromEntries(definitions),
    };
    return [name, schema];
  });
