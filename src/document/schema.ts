// The published JSON Schema of all documents, from the descriptions that write and read them.
import type { JsonSchema } from "../schema/index.ts";
import type { Definitions } from "./codec.ts";
import { driftDocument } from "./drift.ts";
import {
  doctorDocument,
  errorDocument,
  importDocument,
  setupDocument,
  validationDocument,
} from "./others.ts";
import { applyDocument, planDocument } from "./plan.ts";
import { savedPlanDocument } from "./saved-plan.ts";

const DOCUMENTS = [
  planDocument,
  applyDocument,
  driftDocument,
  importDocument,
  doctorDocument,
  setupDocument,
  validationDocument,
  errorDocument,
  savedPlanDocument,
];

export function planSchema(): JsonSchema {
  const definitions: Definitions = new Map();
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:autumn-balances:plan:v1",
    title: "Documents of autumn-balances",
    description:
      "What `autumn-balances validate`, `plan`, `apply`, `drift`, `import` and `doctor` print with --format json, and what `plan --out` writes. Readers should ignore fields they do not know.",
    type: "object",
    oneOf: DOCUMENTS.map((one) => one.schema(definitions)),
    $defs: Object.fromEntries(definitions),
  };
}
