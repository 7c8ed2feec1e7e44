// `autumn-balances plan`: what applying would do.
import { randomBytes } from "node:crypto";
import {
  EXIT,
  type ExitCode,
  openSession,
  type PlanOptions,
  printPlan,
  type Session,
  type Terminal,
  VERSION,
  writePlanFile,
} from "../../app/index.ts";
import { checkedSecretKey } from "../../autumn/index.ts";
import { savedPlanText } from "../../document/index.ts";
import { isAction } from "../../reconcile/index.ts";
import { problemsText } from "../../report/index.ts";
import { brief } from "../../text/index.ts";

export async function runPlan(
  paths: readonly string[],
  options: PlanOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const session = await openSession(paths, options, terminal);
  const { plan, refusals } = session;
  if (options.out !== undefined) await savePlan(options.out, session);
  printPlan(plan, refusals, options, terminal);
  if (options.out !== undefined) {
    const file = brief(options.out);
    terminal.say("info", `\nSaved to ${file}. To apply exactly this: autumn-balances apply ${file}\n`);
  }
  if (refusals.length > 0) {
    const colours = terminal.colours(process.stderr);
    terminal.say("error", problemsText(refusals, { severity: "refused", colours }));
    return EXIT.refused;
  }
  return options.detailedExitcode === true && plan.changes.some(isAction) ? EXIT.changes : EXIT.ok;
}

/** Saves what is shown, even if a guard refuses it: leaving an older plan in its place would be worse. */
export async function savePlan(
  path: string,
  { plan, refusals, request }: Pick<Session, "plan" | "refusals" | "request">,
): Promise<void> {
  const saved = {
    id: randomBytes(16).toString("hex"),
    toolVersion: VERSION,
    plan,
    refusals,
    balances: request.balances,
    createCustomers: request.createCustomers,
    appliedAt: null,
  };
  await writePlanFile(path, savedPlanText(saved, checkedSecretKey(process.env.AUTUMN_SECRET_KEY)));
}
