// The published schema of explanations, closed: a field that it does not describe fails.
import { readFileSync } from "node:fs";
import { closed, compile } from "./published-schema.ts";

const published = JSON.parse(
  readFileSync(new URL("../../schema/explain.schema.json", import.meta.url), "utf8"),
);

/** What any reader may rely on. */
export const validatesExplain = compile(published);
/** The same, and no field more. */
export const describesExplain = compile(closed(published) as object);
