// `autumn-balances apply FILE`: makes a saved plan true, exactly as it was reviewed, once, or not at all.

import {
  type Applied,
  type ApplyOptions,
  type Connection,
  connect,
  endWithout,
  execute,
  RefusedError,
  readPlanFile,
  showPlan,
  type Terminal,
  untilInterrupted,
  VERSION,
  whileReading,
  writePlanFile,
} from "../../app/index.ts";
import { AutumnError, checkedSecretKey, systemClock } from "../../autumn/index.ts";
import {
  claimKeyOf,
  ForeignPlanError,
  lifetimeOf,
  readSavedPlan,
  type SavedPlan,
  savedPlanText,
} from "../../document/index.ts";
import {
  isAction,
  missingApprovals,
  type Refusal,
  type RenewedPlan,
  refusals,
  renewPlan,
} from "../../reconcile/index.ts";
import { moment, movedRefusals } from "../../report/index.ts";
import { type Problem, ProblemsError } from "../../schema/index.ts";
import { brief } from "../../text/index.ts";

export async function applySavedPlan(
  path: string,
  options: ApplyOptions,
  terminal: Terminal,
): Promise<Applied> {
  refuseOptionsOfPlans(options);
  const secretKey = checkedSecretKey(process.env.AUTUMN_SECRET_KEY);
  const saved = readTrusted(await readPlanFile(path), secretKey);
  const { plan: made } = saved;
  const shard = made.shard === null ? {} : { shard: made.shard };
  const connection = connect({ ...options, ...shard }, null, terminal);
  refuseUnlessUsable(saved, connection.baseUrl);
  if (!made.changes.some(isAction)) {
    showPlan(made, options, terminal);
    return endWithout("nothing_to_do", made, [], terminal);
  }

  const { plan, moved } = await renewed(saved, connection, options, terminal);
  const found =
    moved.length > 0
      ? movedRefusals(moved, connection.api.serverClock.now())
      : [...refusals(plan).map(withNewPlan), ...missingApprovals(plan, options.approvedBy ?? [])];
  if (found.length > 0) {
    showPlan(made, options, terminal);
    return endWithout("refused", made, found, terminal);
  }
  showPlan(plan, options, terminal);
  const { api } = connection;
  if (!(await claimed(api, saved))) throw new RefusedError([applied(null)]);
  await mark(path, { ...saved, appliedAt: systemClock.now() }, secretKey, terminal);
  return execute(api, plan, options, terminal);
}

/** The options that a plan was made with cannot be changed afterwards. */
function refuseOptionsOfPlans(options: ApplyOptions): void {
  const given: readonly [string, unknown][] = [
    ["--prune", options.prune],
    ["--all-customers", options.allCustomers],
    ["--shard", options.shard],
    ["--check-grants", options.checkGrants === "auto" ? undefined : options.checkGrants],
    ["--limit-deletes", options.limitDeletes],
    ["--limit-delete-percent", options.limitDeletePercent],
    ["--limit-replaces", options.limitReplaces],
    ["--limit-replace-percent", options.limitReplacePercent],
    ["--limit-granted", options.limitGranted],
    ["--force", options.force],
    ["--team", options.team],
  ];
  const names = given.flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (names.length === 0) return;
  const message = `${names.join(", ")} cannot be given with a saved plan, which was made without asking for it`;
  const hint = "make the plan again, with it: plan --out …";
  throw new ProblemsError([{ code: "option-of-plan", message, hint }]);
}

function readTrusted(text: string, secretKey: string): SavedPlan {
  try {
    return readSavedPlan(text, secretKey, VERSION);
  } catch (error) {
    if (error instanceof ForeignPlanError) throw new RefusedError(error.problems);
    throw error;
  }
}

const MAKE_ANOTHER = "make a new plan with `plan --out`";

/** @throws RefusedError for a plan of another server, one that is too old, and one that was applied */
function refuseUnlessUsable(saved: SavedPlan, baseUrl: string): void {
  const { plan, appliedAt } = saved;
  if (appliedAt !== null) throw new RefusedError([applied(appliedAt)]);
  if (plan.baseUrl !== baseUrl) {
    const message = `the plan was made for ${brief(plan.baseUrl)}, and this is ${brief(baseUrl)}`;
    const hint = "set AUTUMN_BASE_URL or pass --base-url as when it was made";
    throw new RefusedError([{ code: "other-server", message, hint }]);
  }
  const { until, state } = lifetimeOf(saved, systemClock.now());
  if (state === "over") {
    const message = `the plan of ${moment(plan.madeAt)} is too old: it could be applied until ${moment(until)}`;
    throw new RefusedError([{ code: "plan-too-old", message, hint: MAKE_ANOTHER }]);
  }
  if (state === "to-come") {
    const message = `the plan was made at ${moment(plan.madeAt)}, which by this machine's clock is still to come`;
    throw new RefusedError([{ code: "clocks-differ", message, hint: "set the clocks, and make a new plan" }]);
  }
}

/** What was refused can be allowed, but only by making a new plan. */
const withNewPlan = (refusal: Refusal): Refusal => ({
  ...refusal,
  hint: `${refusal.hint ?? "allow it"}; then ${MAKE_ANOTHER}`,
});

/** @param at ms since 1970; `null` when only Autumn knows of it */
function applied(at: number | null): Problem {
  const when = at === null ? "" : ` at ${moment(at)}`;
  const message = `the plan was applied before${when}, and a plan is applied once`;
  const hint = `if that apply did not get to its end, ${MAKE_ANOTHER}: nothing is granted twice`;
  return { code: "plan-applied", message, hint };
}

/** Marks in Autumn that the apply of the plan has begun. @returns `false` when it had begun before */
async function claimed(api: Connection["api"], saved: SavedPlan): Promise<boolean> {
  try {
    return await untilInterrupted(() => api.claim(claimKeyOf(saved)));
  } catch (error) {
    if (!(error instanceof AutumnError) || error.outcome !== "unknown") throw error;
    // Tried again, it would be refused as applied if the call had its effect.
    const message = `nothing was changed, but it is not known whether the plan counts as applied now: ${error.message}`;
    throw new ProblemsError([{ code: error.code ?? "api", message, hint: MAKE_ANOTHER }], { cause: error });
  }
}

/** The plan as it would be made now. A customer or feature that is gone refuses it, as a change would. */
async function renewed(
  saved: SavedPlan,
  { api, requestsPerSecond }: Connection,
  { concurrency }: ApplyOptions,
  terminal: Terminal,
): Promise<RenewedPlan> {
  const { plan, balances, createCustomers } = saved;
  const request = { balances, createCustomers, concurrency, requestsPerSecond };
  try {
    return await whileReading(api, balances, terminal, (environment) =>
      renewPlan(api, plan, request, environment),
    );
  } catch (error) {
    if (error instanceof ProblemsError) throw new RefusedError(error.problems);
    throw error;
  }
}

/** Notes in the file that the plan is used up. Autumn knows it too, which is what counts. */
async function mark(path: string, saved: SavedPlan, secretKey: string, terminal: Terminal): Promise<void> {
  try {
    await writePlanFile(path, savedPlanText(saved, secretKey));
  } catch (error) {
    terminal.say(
      "warn",
      `It could not be noted in ${brief(path)} that the plan is used up: ${brief(String(error))}\n`,
    );
  }
}
