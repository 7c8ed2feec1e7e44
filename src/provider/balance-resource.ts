// The resource `autumn_balance`.
import { type Change, isAction } from "../reconcile/index.ts";
import { type DesiredBalance, defaultKey, msToInstant } from "../schema/index.ts";
import type { Balances, Birth } from "./balances.ts";
import { type Client, clientOf } from "./client.ts";
import { problemsError } from "./problems.ts";
import {
  type ClientContext,
  type CtyObject,
  type CtyValue,
  DiagnosticError,
  type Path,
  type Resource,
  sameValue,
  UNKNOWN,
} from "./protocol/index.ts";
import { balanceSchema, IDENTITY } from "./schema.ts";
import { configurationProblems, desiredOf, idOf, inWordsOf, isUnknown, stateOfRow } from "./values.ts";

type Context = ClientContext<Client | null>;

export const balanceResource: Resource<typeof balanceSchema, Client | null> = {
  schema: balanceSchema,

  validate(config, context) {
    for (const problem of configurationProblems(config)) context.report(problem);
  },

  async read({ state, private: bytes }, context) {
    const { balances } = clientOf(context.client);
    await balances.allFeatures();
    const desired = desiredOfState(state, balances);
    const [newest] = await balances.generationsOf(desired, remoteIdOf(state));
    // Drained and expired rows are still there; only a row that nobody has any more is gone.
    return newest ? { state: stateOfRow(newest.row, desired.key, state), private: bytes } : null;
  },

  async plan({ prior, proposed, config, private: bytes }, context) {
    const planned: Record<string, CtyValue> = { ...proposed, ...(prior ? inWordsOf(prior, proposed) : {}) };
    planned.balance_id = keyOf(config, prior);
    const { customer_id: customerId, balance_id: key } = planned;
    planned.id = typeof customerId === "string" && typeof key === "string" ? idOf(customerId, key) : UNKNOWN;
    const replaced: Path[] =
      prior === null
        ? []
        : IDENTITY.filter((name) => !same(prior[name], planned[name])).map((name) => [name]);
    if (prior === null || replaced.length > 0) planned.remote_id = UNKNOWN;
    if (
      isUnknown(planned) &&
      (isUnknown({ ...planned, remote_id: null, id: null }) || context.client === null)
    ) {
      planned.remote_id = UNKNOWN;
      return { planned, requiresReplace: replaced };
    }
    if (context.client === null || replaced.length > 0) return { planned, requiresReplace: replaced };

    const { balances, force, onExisting } = context.client;
    const desired = desiredToBe(planned, prior, balances);
    const problems = await balances.problemsOf(desired);
    if (problems.length > 0) throw problemsError(problems);
    const change = await balances.changeOf(desired, prior && remoteIdOf(prior), birthOf(bytes));
    if (prior === null) announceExisting(change, onExisting, context);
    refuseBlocked(change);
    refuseCut(change, force);
    if (prior === null) {
      planned.remote_id = change.kind === "replace" ? UNKNOWN : change.balanceId;
      return { planned };
    }
    if (!isAction(change)) return { planned };
    if (change.kind === "replace" || change.kind === "create") planned.remote_id = UNKNOWN;
    if (change.kind === "replace" && change.fields.length === 0) {
      context.report({
        severity: "warning",
        summary: `${change.balanceId} has work left to do`,
        detail: change.reasons.map(({ text }) => `${text}.`).join("\n"),
      });
    }
    return { planned };
  },

  async planDelete({ state }, context) {
    if (context.client === null) return;
    const change = await removal(state, context.client.balances);
    if (change === undefined) announceHistory(state, context);
    else refuseBlocked(change);
  },

  create: ({ planned, private: bytes }, context) => bringAbout(planned, null, bytes, context),

  update: ({ planned, prior, private: bytes }, context) => bringAbout(planned, prior, bytes, context),

  async delete({ state }, context) {
    const { balances } = clientOf(context.client);
    const change = await removal(state, balances);
    if (change === undefined) return announceHistory(state, context);
    refuseBlocked(change);
    await execute(change, balances);
  },

  async import(id, context) {
    const { balances } = clientOf(context.client);
    await balances.allFeatures();
    const { customerId, name } = readImportId(id);
    const found = await balances.find(customerId, name);
    return {
      state: stateOfRow(found.row, found.key, null),
      private: bytesOf({
        remoteId: found.row.balanceId ?? "",
        creationGrant: found.row.creationGrant ?? null,
      }),
    };
  },
};

/** Creates or changes the balance until it is as planned. */
async function bringAbout(planned: CtyObject, prior: CtyObject | null, bytes: Uint8Array, context: Context) {
  const { balances, force } = clientOf(context.client);
  const desired = desiredToBe(planned, prior, balances);
  await balances.allFeatures();
  const birth = birthOf(bytes);
  const change = await balances.changeOf(desired, prior && remoteIdOf(prior), birth);
  refuseBlocked(change);
  refuseCut(change, force);
  if (isAction(change)) await execute(change, balances);
  const remoteId = change.balanceId;
  const isNew = change.kind === "create" || (change.kind === "replace" && change.creates);
  const creationGrant = isNew ? desired.included : birth?.remoteId === remoteId ? birth.creationGrant : null;
  return {
    state: {
      ...planned,
      remote_id: remoteId,
      id: idOf(desired.customerId, desired.key),
      balance_id: desired.key,
    },
    private: bytesOf({ remoteId, creationGrant }),
  };
}

async function execute(change: Change, balances: Balances): Promise<void> {
  const { result, problem } = await balances.apply(change);
  if (result !== "converged" && problem) throw problemsError([problem]);
}

async function removal(state: CtyObject, balances: Balances): Promise<Change | undefined> {
  await balances.allFeatures();
  return balances.removalOf(desiredOfState(state, balances), remoteIdOf(state) ?? "");
}

function announceHistory(state: CtyObject, context: Context): void {
  context.report({
    severity: "warning",
    summary: `${remoteIdOf(state)} is let go`,
    detail:
      "It is used up for good or has ended: nothing is left to take back, and the API cannot delete it.",
  });
}

function announceExisting(change: Change, onExisting: "adopt" | "error", context: Context): void {
  if (change.row === null) return;
  const summary = `${change.customerId} has the balance ${change.balanceId} already`;
  const id = idOf(change.customerId, change.key);
  if (onExisting === "error") {
    throw new DiagnosticError(summary, {
      detail: `on_existing is "error". To manage it here: terraform import <address> ${JSON.stringify(id)}`,
    });
  }
  const used = change.row.unlimited || change.row.boolean ? "" : `, of which ${change.row.usage} are used`;
  context.report({
    severity: "warning",
    summary,
    detail:
      `It is taken over, and not granted again: ${change.row.grant} granted${used}. ` +
      "If another state manages it, give one of the two another namespace or balance_id.",
  });
}

/** @throws DiagnosticError for what cannot be done now */
function refuseBlocked({ kind, reasons, fields, balanceId, unblocksAt }: Change): void {
  if (kind !== "blocked") return;
  const waits = reasons.some(({ code }) => code === "waits-for-reset");
  // The row before waits for its reset; the balance itself is as declared.
  if (
    waits &&
    fields.length === 0 &&
    unblocksAt !== null &&
    reasons[0] &&
    !reasons[0].text.startsWith(balanceId)
  )
    return;
  const when = unblocksAt === null ? "" : ` It can be done after ${msToInstant(unblocksAt)}.`;
  const path: Path | undefined = reasons.some(({ code }) => code === "past-expiry")
    ? ["expires_at"]
    : undefined;
  throw new DiagnosticError(`${balanceId} cannot be changed now`, {
    detail: `${reasons.map(({ text }) => text).join("; ")}.${when}`,
    ...(path ? { path } : {}),
  });
}

/** @throws DiagnosticError when less would be granted than is used */
function refuseCut({ desired, row, kind, creates, carries, balanceId }: Change, force: boolean): void {
  if (force || !desired || !row || desired.included === null || (kind !== "update" && kind !== "replace"))
    return;
  const used = kind === "replace" && creates ? carries : row.usage;
  if (used <= desired.included || row.grant <= desired.included) return;
  throw new DiagnosticError(`${balanceId} would be cut below what is used`, {
    detail: `${used} are used, and ${desired.included} would be granted. Grant at least what is used, or set force = true in the provider.`,
    path: ["included"],
  });
}

/** The key: as configured, else as it was, else what feature and entity make it. */
function keyOf(config: CtyObject, prior: CtyObject | null): CtyValue {
  const { balance_id: written = null, feature_id: featureId, entity_id: entityId = null } = config;
  if (written !== null) return written;
  const sameOwner = prior !== null && same(prior.feature_id, featureId) && same(prior.entity_id, entityId);
  if (sameOwner) return prior.balance_id ?? null;
  if (typeof featureId !== "string" || (entityId !== null && typeof entityId !== "string")) return UNKNOWN;
  return defaultKey(featureId, entityId);
}

const same = (a: CtyValue | undefined, b: CtyValue | undefined): boolean => sameValue(a ?? null, b ?? null);

const remoteIdOf = (state: CtyObject): string | null =>
  typeof state.remote_id === "string" ? state.remote_id : null;

/** The balance as planned; a row that was imported under another name is the one to take over. */
function desiredToBe(planned: CtyObject, prior: CtyObject | null, balances: Balances): DesiredBalance {
  const remoteId = prior && remoteIdOf(prior);
  const desired = desiredOf(planned);
  return remoteId !== null && !balances.owns(remoteId) ? { ...desired, adopt: remoteId } : desired;
}

const desiredOfState = (state: CtyObject, balances: Balances): DesiredBalance =>
  desiredToBe(state, state, balances);

const encoder = new TextEncoder();

const bytesOf = (birth: Birth): Uint8Array => encoder.encode(JSON.stringify(birth));

function birthOf(bytes: Uint8Array): Birth | null {
  if (bytes.length === 0) return null;
  const { remoteId, creationGrant } = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Birth>;
  if (typeof remoteId !== "string") return null;
  return { remoteId, creationGrant: typeof creationGrant === "number" ? creationGrant : null };
}

/** `customer/balance_id`, or for ids with a slash `{"customer_id": …, "balance_id": …}`. */
function readImportId(id: string): { customerId: string; name: string } {
  const wrong = (): never => {
    throw new DiagnosticError("The import id is not understood", {
      detail:
        "Write customer_id/balance_id, such as acme/api_calls. Where the customer's id has a slash: " +
        '{"customer_id": "a/b", "balance_id": "api_calls"}.',
    });
  };
  if (id.startsWith("{")) {
    try {
      const { customer_id: customerId, balance_id: name } = JSON.parse(id);
      return typeof customerId === "string" && typeof name === "string" ? { customerId, name } : wrong();
    } catch {
      return wrong();
    }
  }
  const slash = id.indexOf("/");
  return slash > 0 && slash < id.length - 1
    ? { customerId: id.slice(0, slash), name: id.slice(slash + 1) }
    : wrong();
}
