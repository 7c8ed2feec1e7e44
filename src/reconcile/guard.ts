// What may not happen without being asked for twice. A refusal says the numbers and the way out; nothing is done.
import { plus, units } from "./amounts.ts";
import { type Change, isAction, type Plan, type Refusal } from "./types.ts";

export interface RefusalOptions {
  /** Limits that an option has set, such as `delete_percent` and `granted.api_calls`: hints name the option then. */
  readonly fromOptions?: ReadonlySet<string>;
}

/** Everything that keeps the plan from being applied. */
export function refusals(plan: Plan, { fromOptions = new Set() }: RefusalOptions = {}): Refusal[] {
  const lifted = new Set(plan.lifted.map(subjectOf));
  return [
    ...tooMany(plan, "delete", fromOptions),
    ...tooMany(plan, "replace", fromOptions),
    ...tooMuchGranted(plan, fromOptions),
    ...plan.changes.flatMap(cutBelowUsage),
  ].filter((refusal) => !lifted.has(subjectOf(refusal)));
}

/**
 * The plan, allowed to do what guards refuse now. What they come to refuse later, of the same plan made anew, nobody
 * has seen, and it stays refused.
 */
export function forced(plan: Plan, options: RefusalOptions = {}): Plan {
  const found = refusals(plan, options).filter(({ forcible }) => forcible);
  // There is no need of a way out.
  const lifted = found.map(({ hint: _, ...refusal }) => refusal);
  return { ...plan, lifted: [...plan.lifted, ...lifted] };
}

/** What a refusal is about, whatever the amounts: a cut below usage is the same one when more is used. */
const subjectOf = ({ code, customerId, key, featureId }: Refusal): string =>
  JSON.stringify([code, customerId, key, featureId]);

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
    const isPart = shard !== null && !isGiven;
    const limit = isPart ? `this shard's part of the limit, ${units(most)}` : `the limit of ${units(most)}`;
    const option = `--limit-granted ${featureId}=…`;
    const inFile = `limits.granted.${featureId} in the file`;
    return [
      {
        code: "too-much-granted",
        message: `grants ${units(granted)} ${featureId} more, over ${limit}`,
        hint: isPart
          ? `raise ${inFile}, or pass ${option} for this shard, or --force`
          : `raise ${isGiven ? option : inFile}, or pass --force`,
        forcible: true,
        featureId,
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
      customerId: change.customerId,
      key: change.key,
      featureId: change.featureId,
      ...(desired.place ? { place: desired.place } : {}),
    },
  ];
}
