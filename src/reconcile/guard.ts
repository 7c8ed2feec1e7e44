// What may not happen without being asked for twice. A refusal says the numbers and the way out; nothing is done.
import type { Limits, Problem } from "../schema/index.ts";
import { type Change, isAction, type Plan } from "./types.ts";

/** Why a plan is not applied. */
export interface Refusal extends Problem {
  /** Whether `--force` lifts it. */
  readonly forcible: boolean;
}

/** Everything that keeps the plan from being applied. */
export function refusals(plan: Plan, options: { force: boolean }): Refusal[] {
  const found = [
    ...tooMany(plan, "delete", plan.limits.deletes, plan.limits.deletePercent),
    ...tooMany(plan, "replace", plan.limits.replaces, plan.limits.replacePercent),
    ...tooMuchGranted(plan),
    ...plan.changes.flatMap(cutBelowUsage),
  ];
  return found.filter((refusal) => !(options.force && refusal.forcible));
}

function tooMany(plan: Plan, kind: "delete" | "replace", always: number, percent: number): Refusal[] {
  const count = plan.changes.filter((change) => change.kind === kind).length;
  if (count <= always || count * 100 <= plan.ownedRows * percent) return [];
  const share = plan.ownedRows === 0 ? 100 : Math.round((count * 100) / plan.ownedRows);
  return [
    {
      code: `too-many-${kind}s`,
      message: `${kind}s ${count} of ${plan.ownedRows} rows (${share} %), over the limit of ${percent} %`,
      hint: `raise limits.${kind}_percent in the file, or pass --force`,
      forcible: true,
    },
  ];
}

function tooMuchGranted({ limits, changes }: { limits: Limits; changes: readonly Change[] }): Refusal[] {
  return [...limits.granted].flatMap(([featureId, most]) => {
    const gains = changes.filter(
      (change) => change.featureId === featureId && isAction(change) && change.granted > 0,
    );
    const granted = gains.reduce((sum, change) => sum + change.granted, 0);
    if (granted <= most) return [];
    return [
      {
        code: "too-much-granted",
        message: `grants ${granted} ${featureId} more, over the limit of ${most}`,
        hint: `raise limits.granted.${featureId} in the file, or pass --force`,
        forcible: true,
      },
    ];
  });
}

function cutBelowUsage(change: Change): Refusal[] {
  const { desired, row, kind } = change;
  if (!desired || !row || desired.included === null || (kind !== "update" && kind !== "replace")) return [];
  const used = kind === "replace" && change.creates ? change.carries : row.usage;
  if (used <= desired.included || row.grant <= desired.included) return [];
  return [
    {
      code: "cut-below-usage",
      message: `${change.balanceId} of ${change.customerId} is cut to ${desired.included}, but ${used} are used`,
      hint: "grant at least what is used, or pass --force",
      forcible: true,
      ...(desired.place ? { place: desired.place } : {}),
    },
  ];
}
