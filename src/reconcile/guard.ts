// What may not happen without being asked for twice. A refusal says the numbers and the way out; nothing is done.
import type { Problem } from "../schema/index.ts";
import { plus, units } from "./amounts.ts";
import { type Change, isAction, type Plan } from "./types.ts";

/** Why a plan is not applied. */
export interface Refusal extends Problem {
  /** Whether `--force` lifts it. */
  readonly forcible: boolean;
}

export interface RefusalOptions {
  readonly force: boolean;
  /** Limits that an option has set, such as `delete_percent` and `granted.api_calls`: hints name the option then. */
  readonly fromOptions?: ReadonlySet<string>;
}

/** Everything that keeps the plan from being applied. */
export function refusals(plan: Plan, options: RefusalOptions): Refusal[] {
  const { fromOptions = new Set() } = options;
  const found = [
    ...tooMany(plan, "delete", fromOptions),
    ...tooMany(plan, "replace", fromOptions),
    ...tooMuchGranted(plan, fromOptions),
    ...plan.changes.flatMap(cutBelowUsage),
  ];
  return found.filter((refusal) => !(options.force && refusal.forcible));
}

function tooMany(plan: Plan, kind: "delete" | "replace", fromOptions: ReadonlySet<string>): Refusal[] {
  const { limits, ownedRows } = plan;
  const [always, percent] =
    kind === "delete" ? [limits.deletes, limits.deletePercent] : [limits.replaces, limits.replacePercent];
  const count = plan.changes.filter((change) => change.kind === kind).length;
  if (count <= always || count * 100 <= ownedRows * percent) return [];
  const share = ownedRows === 0 ? 100 : Math.round((count * 100) / ownedRows);
  const option = fromOptions.has(`${kind}_percent`) ? `--limit-${kind}-percent` : null;
  return [
    {
      code: `too-many-${kind}s`,
      message: `${kind}s ${units(count)} of ${units(ownedRows)} rows (${share} %), over the limit of ${percent} %`,
      hint: `raise ${option ?? `limits.${kind}_percent in the file`}, or pass --force`,
      forcible: true,
    },
  ];
}

function tooMuchGranted({ limits, changes, shard }: Plan, fromOptions: ReadonlySet<string>): Refusal[] {
  return [...limits.granted].flatMap(([featureId, most]) => {
    const gains = changes.filter(
      (change) => change.featureId === featureId && isAction(change) && change.granted > 0,
    );
    const granted = gains.reduce((sum, change) => plus(sum, change.granted), 0);
    if (granted <= most) return [];
    const isGiven = fromOptions.has(`granted.${featureId}`);
    const limit =
      shard === null || isGiven
        ? `the limit of ${units(most)}`
        : `this shard's part of the limit, ${units(most)}`;
    return [
      {
        code: "too-much-granted",
        message: `grants ${units(granted)} ${featureId} more, over ${limit}`,
        hint: `raise ${isGiven ? `--limit-granted ${featureId}=…` : `limits.granted.${featureId} in the file`}, or pass --force`,
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
      message: `${change.balanceId} of ${change.customerId} is cut to ${units(desired.included)}, but ${units(used)} are used`,
      hint: "grant at least what is used, or pass --force",
      forcible: true,
      ...(desired.place ? { place: desired.place } : {}),
    },
  ];
}
