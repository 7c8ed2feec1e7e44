// Writes a plan as the text of its file.
import { redact } from "../autumn/index.ts";
import { isAction } from "../reconcile/index.ts";
import { ProblemsError } from "../schema/index.ts";
import { visibleJson } from "../text/index.ts";
import type { JsonDocument } from "./codec.ts";
import { documentOfPlan } from "./plan.ts";
import { lifetimeOf, type SavedPlan, savedPlanDocument, TOOL } from "./saved-plan.ts";
import { keyIdOf, signatureOf } from "./signature.ts";

/** The most bytes that are written and read: some 100,000 changes, which take 1,000 to 2,000 bytes each. */
export const MAX_LENGTH = 128 * 1024 * 1024;

/**
 * The text of the file of a saved plan, signed with a key derived from the secret key.
 * @throws ProblemsError when the secret key occurs in the plan, or the plan is too large
 */
export function savedPlanText(saved: SavedPlan, secretKey: string): string {
  const { plan, balances } = saved;
  const concerned = new Set(plan.changes.filter(isAction).map(({ customerId }) => customerId));
  const { signature: _, ...content } = savedPlanDocument.write({
    ...saved,
    tool: TOOL,
    keyId: keyIdOf(secretKey),
    expiresAt: lifetimeOf(saved, plan.madeAt).until,
    entries: balances.filter(({ customerId }) => concerned.has(customerId)),
    plan: documentOfPlan(plan, saved.refusals),
    signature: "",
  }) as JsonDocument;
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
