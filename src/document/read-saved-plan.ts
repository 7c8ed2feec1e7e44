// Reads a plan from the text of its file, once its signature is checked.
import { environmentOfKey } from "../autumn/index.ts";
import { type Problem, ProblemsError } from "../schema/index.ts";
import { text as anyText, DamageError, instant, record } from "./codec.ts";
import { SAVED_FORMAT, type SavedPlan, savedPlanDocument, TOOL } from "./saved-plan.ts";
import { isSignedBy, keyIdOf } from "./signature.ts";

/** The plan was not made with this secret key or by this version, or was altered. */
export class ForeignPlanError extends ProblemsError {}

/** How documents of this tool begin. */
const BEGINNING = /^\s*\{\s*(?:"format_version"\s*:\s*"[^"]{0,20}"\s*,\s*)?"kind"\s*:\s*"(\w{1,40})"/;

/** The `kind` of a document of this tool, from its beginning; `undefined` for other texts, such as a balances file. */
export const kindOfDocument = (beginning: string): string | undefined => BEGINNING.exec(beginning)?.[1];

const MAKE_ANOTHER = "make a new one with `plan --out`";

/**
 * The plan in a file, if it was signed with this key and made by this version.
 * @param text the whole file
 * @param toolVersion this version, as `--version` prints it
 * @throws ForeignPlanError for a plan of another key or version, or an altered one; ProblemsError for a damaged one, and
 *   for any other text
 */
export function readSavedPlan(text: string, secretKey: string, toolVersion: string): SavedPlan {
  return damageIsAProblem(() => {
    const { envelope, parsed, content } = opened(text);
    const madeBy = envelope.toolVersion;
    if (madeBy !== toolVersion) {
      const message = `the plan was made by version ${madeBy}, and this is version ${toolVersion}`;
      throw foreign({ code: "other-version", message, hint: `use that version, or ${MAKE_ANOTHER}` });
    }
    if (envelope.keyId !== keyIdOf(secretKey)) throw foreign(otherKey(contentOf(parsed), secretKey));
    if (!isSignedBy(secretKey, content, envelope.signature)) throw foreign(ALTERED);
    return contentOf(parsed);
  });
}

/** Whether the signature was checked: if not, the plan may have been altered. */
export type Trust = "signed" | "no-key" | "other-key";

/**
 * The plan in a file, only to be shown.
 * @param secretKey `undefined` when there is none to check the signature with
 * @throws ForeignPlanError for an altered plan, and one of another format; ProblemsError for a damaged one, and for any
 *   other text
 */
export function showSavedPlan(
  text: string,
  secretKey: string | undefined,
): { saved: SavedPlan; trust: Trust } {
  return damageIsAProblem(() => {
    const { envelope, parsed, content } = opened(text);
    const saved = contentOf(parsed);
    if (secretKey === undefined) return { saved, trust: "no-key" };
    if (envelope.keyId !== keyIdOf(secretKey)) return { saved, trust: "other-key" };
    if (!isSignedBy(secretKey, content, envelope.signature)) throw foreign(ALTERED);
    return { saved, trust: "signed" };
  });
}

/** What is read first: who made the plan, and in which format. */
const ENVELOPE = record<Record<"tool" | "formatVersion" | "toolVersion" | "keyId" | "signature", string>>({
  tool: anyText,
  formatVersion: anyText,
  toolVersion: anyText,
  keyId: anyText,
  signature: anyText,
});

/** The parts of a file; `content` is what was signed. */
function opened(text: string) {
  const kind = kindOfDocument(text);
  if (kind !== "saved_plan") throw problem("not-a-plan", ...notAPlan(kind));
  const parsed: unknown = JSON.parse(text);
  const envelope = ENVELOPE.read(parsed, "plan");
  if (envelope.tool !== TOOL) {
    throw problem("other-tool", "the plan was made by another tool", MAKE_ANOTHER);
  }
  const format = envelope.formatVersion;
  if (format !== SAVED_FORMAT) {
    const message = `the plan has format ${format}, and this version reads format ${SAVED_FORMAT}`;
    throw foreign({
      code: "other-version",
      message,
      hint: `use the version that made it, or ${MAKE_ANOTHER}`,
    });
  }
  const { signature: _, ...content } = parsed as Record<string, unknown>;
  return { envelope, parsed, content };
}

function notAPlan(kind: string | undefined): [string, string] {
  if (kind === "plan" || kind === "apply") {
    const message = `this is what \`${kind} --format json\` prints, which is for reading`;
    return [message, "save a plan with `plan --out FILE`"];
  }
  return ["this is no saved plan", "save one with `plan --out FILE`"];
}

function contentOf(parsed: unknown): SavedPlan {
  const { id, toolVersion, createCustomers, appliedAt, entries, plan } = savedPlanDocument.read(
    parsed,
    "plan",
  );
  const { hasChanges: _, summary: __, refusals, ...rest } = plan;
  return { id, toolVersion, plan: rest, refusals, balances: entries, createCustomers, appliedAt };
}

const ALTERED: Problem = {
  code: "plan-altered",
  message: "the plan was altered after it was made: its signature does not match",
  hint: `do not apply it; ${MAKE_ANOTHER}`,
};

/** A plan of another environment has another key, too: the problem says what helps most. */
function otherKey({ plan }: SavedPlan, secretKey: string): Problem {
  const { environment, madeAt } = plan;
  const own = environmentOfKey(secretKey);
  if (environment !== null && own !== null && environment !== own) {
    const message = `the plan was made for the ${environment} environment, but AUTUMN_SECRET_KEY is a key of the ${own} environment`;
    const hint = `set AUTUMN_SECRET_KEY to the key it was made with, or ${MAKE_ANOTHER}`;
    return { code: "other-environment", message, hint };
  }
  const message = `the plan of ${instant.write(madeAt)} was made with another key: of another organisation, or since then it was replaced`;
  return { code: "other-key", message, hint: MAKE_ANOTHER };
}

const problem = (code: string, message: string, hint: string): ProblemsError =>
  new ProblemsError([{ code, message, hint }]);

const foreign = (found: Problem): ForeignPlanError => new ForeignPlanError([found]);

function damageIsAProblem<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    // Deeply nested JSON causes a RangeError.
    if (!(error instanceof DamageError || error instanceof SyntaxError || error instanceof RangeError))
      throw error;
    const where = error instanceof DamageError ? ` (${error.message})` : "";
    const message = `the file is damaged, or not all of it is there${where}`;
    throw new ProblemsError([{ code: "plan-damaged", message, hint: `fetch it again, or ${MAKE_ANOTHER}` }]);
  }
}
