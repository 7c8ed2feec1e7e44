// A plan → the text of its file.
import { redact } from "../autumn/index.ts";
import { isAction } from "../reconcile/index.ts";
import { desiredJson, instant, type JsonDocument, planJson } from "../report/index.ts";
import { ProblemsError } from "../schema/index.ts";
import { visibleJson } from "../text/index.ts";
import { lifetimeOf, SAVED_FORMAT, type SavedPlan, TOOL } from "./saved-plan.ts";
import { keyIdOf, signatureOf } from "./signature.ts";

/** Bytes that are written and read again: some 100,000 changes, of which each takes 1,000 or 2,000. */
export const MAX_LENGTH = 128 * 1024 * 1024;

/**
 * The text of the file, signed with a derivation of the key.
 * @throws ProblemsError when the key stands in an id, or the plan is too large
 */
export function savedPlanText(saved: SavedPlan, secretKey: string): string {
  const { plan, balances } = saved;
  const concerned = new Set(plan.changes.filter(isAction).map(({ customerId }) => customerId));
  const content: JsonDocument = {
    format_version: SAVED_FORMAT,
    kind: "saved_plan",
    tool: TOOL,
    tool_version: saved.toolVersion,
    id: saved.id,
    key_id: keyIdOf(secretKey),
    expires_at: instant(lifetimeOf(saved, plan.madeAt).until),
    applied_at: instant(saved.appliedAt),
    create_customers: saved.createCustomers,
    entries: balances.filter(({ customerId }) => concerned.has(customerId)).map(desiredJson),
    plan: planJson(plan, saved.refusals),
  };
  const text = `${visibleJson(JSON.stringify({ ...content, signature: signatureOf(content, secretKey) }))}\n`;
  if (Buffer.byteLength(text) > MAX_LENGTH) {
    const message = `the plan has ${plan.changes.length} changes, which is too much for one file`;
    const hint = "save it in parts, with --shard";
    throw new ProblemsError([{ code: "too-large", message, hint }]);
  }
  if (redact(text, secretKey) !== text) {
    const message = "the secret key stands in the plan, so it is not saved";
    const hint = "look for it among the ids of the configuration, and change the key";
    throw new ProblemsError([{ code: "secret-in-plan", message, hint }]);
  }
  return text;
}
