// The policy of the repository: found, read, and asked about a plan. The code for that is loaded only where there is a
// policy.
import { readAtRoot, repositoryTop } from "../config/index.ts";
import type { Plan, PlanRequest, Warning } from "../reconcile/index.ts";
import { type Problem, ProblemsError } from "../schema/index.ts";
import { fromRoot } from "./repository-root.ts";

/** Where a policy is looked for, at the root of the repository. */
export const POLICY_FILE = "autumn-balances.policy.yaml";

export interface LoadedPolicy {
  readonly warnings: readonly Warning[];
  /** The plan with what the policy says of it. @throws ProblemsError where a rule cannot be evaluated */
  readonly judged: (plan: Plan, request: PlanRequest, teams: readonly string[]) => Plan;
}

const NO_POLICY: LoadedPolicy = { warnings: [], judged: (plan) => plan };

/**
 * @param base what the plan is compared with: the policy is read there, so that no change judges itself
 * @throws ProblemsError for a policy that is broken, here or, where there is none here, at the base
 */
export async function loadPolicy(base: string | undefined): Promise<LoadedPolicy> {
  const now = readAtRoot(POLICY_FILE, undefined);
  const then = base === undefined ? now : readAtRoot(POLICY_FILE, base);
  if (now === undefined && then === undefined) return NO_POLICY;
  const { judge, parsePolicy } = await import("../policy/index.ts");
  const read = ({ name, text }: { name: string; text: string }) => parsePolicy(text, { name, file: name });
  // Read even when the base's policy judges: a change that breaks the policy is reported before it is merged.
  const ofNow = now && read(now);
  if (then === undefined) return { ...NO_POLICY, warnings: [NEW] };
  const warnings: Problem[] = [];
  let policy = ofNow;
  if (policy === undefined || then.text !== now?.text) {
    try {
      policy = read(then);
    } catch (error) {
      if (!(error instanceof ProblemsError) || policy === undefined) throw error;
      warnings.push(broken(then.name, error.problems));
    }
  }
  if (policy === undefined) return NO_POLICY;
  const by = then.text === now?.text ? { ...policy, name: then.name } : policy;
  const top = repositoryTop();
  return {
    warnings,
    judged: (plan, { balances }, teams) => ({
      ...plan,
      policy: judge(by, {
        plan,
        balances,
        teams,
        fileOf: (file) => fromRoot(file, top),
        now: plan.madeAt,
        elapsed: () => performance.now(),
      }),
    }),
  };
}

const NEW: Problem = {
  code: "policy-new",
  message: `${POLICY_FILE} is not there at the base, so this plan is not judged by it`,
  hint: "it counts once it is merged",
};

const broken = (name: string, [first, ...more]: readonly Problem[]): Problem => ({
  code: "policy-broken",
  message: `${name} is broken, so the plan is judged by the policy as it is here: ${first?.message ?? ""}${more.length === 0 ? "" : ` (and ${more.length} more)`}`,
  hint: "look closely at what the change does to the policy",
});

/** The author's teams: those of options, else those of the environment, separated by commas. */
export function teamsOf(given: readonly string[] | undefined): readonly string[] {
  const teams = given ?? (process.env.AUTUMN_BALANCES_TEAMS ?? "").split(",");
  const named = [...new Set(teams.map((team) => team.trim()).filter((team) => team !== ""))];
  if (named.length <= MOST_TEAMS && named.every((team) => team.length <= 200)) return named;
  const message = `there are ${named.length} teams, and at most ${MOST_TEAMS} of 200 characters are taken`;
  throw new ProblemsError([{ code: "too-many-teams", message, hint: "pass those that the policy names" }]);
}

const MOST_TEAMS = 100;
