// The resource `autumn_balance`.
import { type Change, isAction, nameOf, stateOf } from "../reconcile/index.ts";
import { type DesiredBalance, defaultKey } from "../schema/index.ts";
import { type Client, clientOf } from "./client.ts";
import {
  announceExisting,
  announceHistory,
  announceTakenOver,
  announceWorkLeft,
  refuseBlocked,
  refuseClash,
  refuseCut,
  refuseOutdated,
  refuseOver,
  tellingHowToDestroy,
} from "./diagnostics.ts";
import type { Balances } from "./engine.ts";
import { readImportId } from "./import-id.ts";
import {
  birthOf,
  bytesOf,
  bytesOfRead,
  bytesOfRemoval,
  bytesToKeep,
  isRemoval,
  wasLive,
} from "./private-state.ts";
import { problemsError, showingProblems } from "./problems.ts";
import {
  type ClientContext,
  type CtyObject,
  type CtyValue,
  type Path,
  type Resource,
  sameValue,
  UNKNOWN,
} from "./protocol/index.ts";
import { balanceSchema, IDENTITY } from "./schema.ts";
import {
  configurationProblems,
  desiredOf,
  identityOf,
  idOf,
  isUnknown,
  proposedInWordsOf,
  remoteIdOf,
  stateOfRow,
} from "./values.ts";

type Context = ClientContext<Client | null>;

export const balanceResource: Resource<typeof balanceSchema, Client | null> = showingProblems({
  schema: balanceSchema,

  validate(config, context) {
    for (const problem of configurationProblems(config)) context.report(problem);
  },

  async read({ state, private: bytes }, context) {
    const { balances, run } = clientOf(context.client);
    run.seeStored(identityOf(state));
    await balances.allFeatures();
    const desired = desiredOfState(state, bytes, balances);
    const rows = await balances.generationsOf(desired, remoteIdOf(state), birthOf(bytes));
    const [newest] = rows;
    // Drained and expired rows are still there; only a balance without any row is gone.
    if (newest === undefined) return null;
    const isLive = stateOf(newest.row, balances.options.clock.now()) === "live";
    const adopted = rows.some(({ generation }) => generation === 0) ? desired.adopt : null;
    return {
      state: stateOfRow(newest.row, desired.key, state),
      private: bytesOfRead(bytes, { isLive, adopted }),
    };
  },

  async plan({ prior, proposed, config, private: bytes }, context) {
    const planned: Record<string, CtyValue> = { ...(prior ? proposedInWordsOf(prior, proposed) : proposed) };
    planned.balance_id = keyOf(config, prior);
    const { customer_id: customerId, balance_id: key } = planned;
    planned.id = typeof customerId === "string" && typeof key === "string" ? idOf(customerId, key) : UNKNOWN;
    const { client } = context;
    if (prior === null) {
      planned.remote_id = UNKNOWN;
      if (client === null) return { planned };
      // Terraform plans a replacement twice, and gives the second plan the private bytes of the first.
      const replaces = bytes.length > 0;
      const creation = planCreation(planned, replaces, client, context);
      const isKnown = replaces || client.run.isStored(identityOf(planned));
      planned.remote_id = await (isKnown ? tellingHowToDestroy(creation) : creation);
      return { planned };
    }
    const requiresReplace: Path[] = IDENTITY.filter((name) => !same(prior[name], planned[name])).map(
      (name) => [name],
    );
    if (requiresReplace.length > 0) {
      planned.remote_id = UNKNOWN;
      if (identityOf(prior) !== identityOf(planned)) planRemoval(prior, context);
      await announceRemoval(prior, bytes, context);
    } else if (client === null || isUnknown({ ...planned, remote_id: null })) {
      refuseClash(client?.run.planStay(identityOf(planned)), planned.id as string);
      if (!sameValue(prior, planned)) planned.remote_id = UNKNOWN;
    } else {
      refuseClash(client.run.planStay(identityOf(planned)), planned.id as string);
      planned.remote_id = await tellingHowToDestroy(planUpdate(planned, prior, bytes, client, context));
    }
    return { planned, requiresReplace, private: bytesToKeep(bytes) };
  },

  async planDelete({ state, private: bytes }, context) {
    planRemoval(state, context);
    if (context.client?.run.isToCreate(identityOf(state)) !== true)
      await announceRemoval(state, bytes, context);
    return bytesOfRemoval(bytes);
  },

  create: ({ planned, private: bytes }, context) => {
    refuseClash(clientOf(context.client).run.beginCreation(identityOf(planned)), planned.id as string);
    return bringAbout(planned, null, bytes, context);
  },

  update: ({ planned, prior, private: bytes }, context) => bringAbout(planned, prior, bytes, context),

  async delete({ state, private: bytes }, context) {
    const { balances, run } = clientOf(context.client);
    const balance = identityOf(state);
    // A balance of that name that is created in this run takes the row over, unless it was imported under another name.
    const isFound = balances.names(state.balance_id as string, remoteIdOf(state) ?? "");
    const isTakenOver = () => isFound && run.isToCreate(balance);
    if (isTakenOver()) return announceTakenOver(state, context);
    const change = await removal(state, bytes, balances);
    if (change === undefined) return announceHistory(state, context);
    refuseBlocked(change);
    await balances.inTurn(change.customerId, async () => {
      // The creation may have been planned while this waited for its turn; from here on, it is refused.
      if (isTakenOver()) return announceTakenOver(state, context);
      if (isRemoval(bytes)) run.beginRemoval(balance);
      await execute(change, balances, context.signal);
    });
  },

  async import(id, context) {
    const { balances } = clientOf(context.client);
    await balances.allFeatures();
    const { row, key, remoteId } = await balances.find(readImportId(id));
    return {
      state: { ...stateOfRow(row, key, null), remote_id: remoteId },
      private: bytesOf({ remoteId: nameOf(row), creationGrant: row.creationGrant ?? null }),
    };
  },
});

/** Refuses or announces a creation. @returns the remote_id it will have, unknown unless it is certain */
async function planCreation(
  planned: CtyObject,
  replaces: boolean,
  { balances, force, onExisting, run }: Client,
  context: Context,
): Promise<CtyValue> {
  if (isUnknown(planned.id)) return UNKNOWN;
  const balance = identityOf(planned);
  refuseClash(run.planCreation(balance, replaces), planned.id as string);
  // Which balance it is, is known before everything about it is.
  if (isUnknown({ ...planned, remote_id: null })) return UNKNOWN;
  const change = await changeTo(planned, null, new Uint8Array(), balances);
  announceExisting(change, run.isStored(balance) ? "stored" : onExisting, context);
  refuseBlocked(change);
  refuseOver(change);
  refuseCut(change, force);
  // A row that the state has may be gone by then: Terraform may destroy it first, in a replacement of its own. Another
  // one may be of a run that was killed, whose plan Terraform is carrying out now: it has to say the same again.
  const isAdopted = !replaces && !run.isStored(balance) && change.kind !== "replace";
  return change.row === null || isAdopted ? change.balanceId : UNKNOWN;
}

/** Refuses or announces an update. @returns the remote_id it will have, unknown unless it is certain */
async function planUpdate(
  planned: CtyObject,
  prior: CtyObject,
  bytes: Uint8Array,
  { balances, force }: Client,
  context: Context,
): Promise<CtyValue> {
  const change = await changeTo(planned, prior, bytes, balances);
  refuseBlocked(change);
  refuseOver(change);
  refuseCut(change, force);
  refuseOutdated(change, wasLive(bytes));
  announceWorkLeft(change, context);
  return change.kind === "replace" || change.kind === "create" ? UNKNOWN : (prior.remote_id ?? null);
}

/** The change that makes the balance as planned. @throws ProblemsError when that is not possible */
async function changeTo(
  planned: CtyObject,
  prior: CtyObject | null,
  bytes: Uint8Array,
  balances: Balances,
): Promise<Change> {
  const desired = desiredToBe(planned, prior, bytes, balances);
  const problems = await balances.problemsOf(desired);
  if (problems.length > 0) throw problemsError(problems);
  const change = await balances.changeOf(desired, prior && remoteIdOf(prior), birthOf(bytes));
  return change.creates ? balances.withTargets(change) : change;
}

/** @throws DiagnosticError when another resource is to be the balance */
function planRemoval(state: CtyObject, { client }: Context): void {
  refuseClash(client?.run.planRemoval(identityOf(state)), state.id as string);
}

async function announceRemoval(state: CtyObject, bytes: Uint8Array, context: Context): Promise<void> {
  if (context.client === null) return;
  const change = await removal(state, bytes, context.client.balances);
  if (change === undefined) announceHistory(state, context);
  else refuseBlocked(change);
}

/** Creates or changes the balance until it is as planned. */
async function bringAbout(planned: CtyObject, prior: CtyObject | null, bytes: Uint8Array, context: Context) {
  const { balances, force } = clientOf(context.client);
  const desired = desiredToBe(planned, prior, bytes, balances);
  await balances.allFeatures();
  const birth = birthOf(bytes);
  const decide = async (): Promise<Change> => {
    const change = await balances.changeOf(desired, prior && remoteIdOf(prior), birth);
    refuseBlocked(change);
    refuseOver(change);
    refuseCut(change, force);
    return change;
  };
  const decided = await decide();
  const change = await balances.inTurn(desired.customerId, async () => {
    // The row that was found for a creation may have been destroyed while this waited for its turn.
    const latest = prior === null && decided.row !== null ? await decide() : decided;
    if (isAction(latest)) await execute(latest, balances, context.signal);
    return latest;
  });
  const remoteId = change.balanceId;
  const isNew = change.kind === "create" || (change.kind === "replace" && change.creates);
  const creationGrant = isNew
    ? desired.reset && desired.included
    : birth?.remoteId === remoteId
      ? birth.creationGrant
      : await balances.creationGrantOf(desired, remoteId);
  // What was planned must stay, even if the row was used up meanwhile and has been replaced: the next read tells.
  const told = planned.remote_id === UNKNOWN ? remoteId : (planned.remote_id ?? remoteId);
  return {
    state: { ...planned, remote_id: told, id: idOf(desired.customerId, desired.key) },
    private: bytesOf({
      remoteId,
      creationGrant,
      ...(desired.adopt === null ? {} : { adopted: desired.adopt }),
    }),
  };
}

async function execute(change: Change, balances: Balances, signal: AbortSignal): Promise<void> {
  const { result, problem } = await balances.apply(change, signal);
  if (result !== "converged" && problem) throw problemsError([problem]);
}

async function removal(state: CtyObject, bytes: Uint8Array, balances: Balances): Promise<Change | undefined> {
  await balances.allFeatures();
  return balances.removalOf(desiredOfState(state, bytes, balances), remoteIdOf(state) ?? "");
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

/** The balance as planned; a row that was imported under another name is the one to take over. */
function desiredToBe(
  planned: CtyObject,
  prior: CtyObject | null,
  bytes: Uint8Array,
  balances: Balances,
): DesiredBalance {
  const desired = desiredOf(planned);
  if (prior === null) return desired;
  const remoteId = remoteIdOf(prior);
  const isAnothers = remoteId !== null && !balances.names(desired.key, remoteId);
  const adopt = isAnothers ? remoteId : (birthOf(bytes)?.adopted ?? null);
  return { ...desired, adopt };
}

const desiredOfState = (state: CtyObject, bytes: Uint8Array, balances: Balances): DesiredBalance =>
  desiredToBe(state, state, bytes, balances);
