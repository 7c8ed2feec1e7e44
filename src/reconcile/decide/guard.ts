// Guards: changes that are refused because they look like a mistake, or are forbidden. A refusal gives the numbers and
// the way out. Pure.
import { DEFAULT_GROUP_PERCENT } from "../../schema/index.ts";
import { isMore, minus, plus, units } from "../amounts.ts";
import type { Row } from "../row.ts";
import { type Change, type GroupReport, isAction, type Plan, type Refusal } from "../types.ts";

export interface RefusalOptions {
  /** Limits that an option has set, such as `delete_percent` and `granted.api_calls`: hints name the option then. */
  readonly fromOptions?: ReadonlySet<string>;
}

/** Everything that keeps the plan from being applied, except missing approvals. */
export function refusals(plan: Plan, { fromOptions = new Set() }: RefusalOptions = {}): Refusal[] {
  const lifted = new Set(plan.lifted.map(subjectOf));
  return [
    ...tooMany(plan, "delete", fromOptions),
    ...tooMany(plan, "replace", fromOptions),
    ...tooMuchGranted(plan, fromOptions),
    ...(plan.groups ?? []).flatMap((group) => tooManyEnter(group, plan)),
    ...plan.changes.flatMap(cutBelowUsage),
    ...plan.changes.flatMap((change) => takenFromProtected(change, plan.base?.name)),
    ...deniedByPolicy(plan),
  ].filter((refusal) => !lifted.has(subjectOf(refusal)));
}

/**
 * The plan, with everything lifted that guards refuse now and `--force` may lift. What they refuse later, when the plan
 * is made again, nobody has seen: it stays refused.
 */
export function forced(plan: Plan, options: RefusalOptions = {}): Plan {
  const found = refusals(plan, options).filter(({ forcible }) => forcible);
  // What is lifted needs no way out.
  const lifted = found.map(({ hint: _, ...refusal }) => refusal);
  return { ...plan, lifted: [...plan.lifted, ...lifted] };
}

/** Identifies a refusal regardless of its amounts: a cut below usage is the same one when more is used. */
const subjectOf = ({ code, customerId, key, featureId }: Refusal): string =>
  JSON.stringify([code, customerId, key, featureId]);

function tooMany(plan: Plan, kind: "delete" | "replace", fromOptions: ReadonlySet<string>): Refusal[] {
  const { limits, leftOut } = plan;
  // Customers that were left out are taken to have what is declared.
  const ownedRows = plan.ownedRows + (leftOut?.balances ?? 0);
  const [always, percent] =
    kind === "delete" ? [limits.deletes, limits.deletePercent] : [limits.replaces, limits.replacePercent];
  const count = plan.changes.filter((change) => change.kind === kind).length;
  if (count <= always || count * 100 <= ownedRows * percent) return [];
  const share = ownedRows === 0 ? "100" : shareAbove(percent, (count * 100) / ownedRows);
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

/** So many customers may always come into a group, whatever the percentage. */
const ALWAYS_ENTER = 10;

/** Refuses a filter that suddenly matches far more customers than expected. */
function tooManyEnter({ name, creates, customers }: GroupReport, { limits, shard }: Plan): Refusal[] {
  if (customers === null) return [];
  const all = shard === null ? customers : customers / shard.count;
  const percent = limits.groupPercent ?? DEFAULT_GROUP_PERCENT;
  if (creates <= ALWAYS_ENTER || creates * 100 <= all * percent) return [];
  const of = shard === null ? `${units(customers)} customers` : `the customers of this shard`;
  const share = shareAbove(percent, (creates * 100) / Math.max(all, 1));
  return [
    {
      code: "too-many-enter",
      message: `${units(creates)} of ${of} (${share} %) come into the group ${name}, over the limit of ${percent} %`,
      hint: "look at the filter; raise limits.group_percent in the file, or pass --force",
      forcible: true,
      key: name,
    },
  ];
}

/** A share in percent, with just enough decimals to show that it is above the limit. */
function shareAbove(percent: number, share: number): string {
  for (let decimals = 0; decimals < 10; decimals++) {
    const shown = share.toFixed(decimals);
    if (Number(shown) > percent) return shown;
  }
  return String(share);
}

/** The units that are used, if the change cuts the grant below them; otherwise `undefined`. */
export function usedBeyondGrant({ desired, row, kind, creates, carries }: Change): number | undefined {
  if (!desired || !row || desired.included === null || (kind !== "update" && kind !== "replace"))
    return undefined;
  const used = kind === "replace" && creates ? carries : row.usage;
  return isMore(used, desired.included) && isMore(row.grant, desired.included) ? used : undefined;
}

function cutBelowUsage(change: Change): Refusal[] {
  const used = usedBeyondGrant(change);
  const { desired, row } = change;
  if (used === undefined || !desired || !row) return [];
  return [
    {
      code: "cut-below-usage",
      message: `${change.balanceId} of ${change.customerId} is cut to ${units(desired.included ?? 0)}, but ${units(used)} are used`,
      hint: wayOut(row, desired.included ?? 0),
      forcible: true,
      customerId: change.customerId,
      key: change.key,
      featureId: change.featureId,
      ...(desired.place ? { place: desired.place } : {}),
    },
  ];
}

function wayOut(row: Row, included: number): string {
  const usual = "grant at least what is used, or pass --force";
  const raised = raisedElsewhere(row, included);
  if (raised === undefined) return usual;
  // A forced cut would count units as used that never were.
  return row.creationGrant === undefined
    ? `${usual}; but ${raised}`
    : `grant at least what is used; or, ${raised}`;
}

/**
 * The way out where usage may not be real: an update of `included_grant` alone moves the grant and leaves what remains,
 * so that the units added read as used (scenario update-grant-only). `undefined` when that cannot have happened.
 * @param included the declared grant, taken for the first one when the read does not tell the grant given at creation
 */
export function raisedElsewhere({ grant, creationGrant, usage }: Row, included: number): string | undefined {
  const before = creationGrant ?? included;
  const raise = minus(grant, before);
  if (!isMore(raise, 0) || isMore(raise, usage)) return undefined;
  const used = minus(usage, raise);
  return `if its grant was raised from ${units(before)} to ${units(grant)} elsewhere by included_grant alone, only ${units(used)} are used: have Autumn set its usage to ${units(used)}, then plan again`;
}

/** Refused even with `--force`: only a change of the files that removes `protected` first lifts it. */
function takenFromProtected(change: Change, base: string | undefined): Refusal[] {
  const { desired, wasProtected, balanceId, customerId, key, featureId } = change;
  if (desired?.isProtected !== true && wasProtected !== true) return [];
  const taken = takenBy(change);
  if (taken === undefined) return [];
  const first = "in a change of its own: --force does not lift this";
  return [
    {
      code: "protected",
      message: `${balanceId} of ${customerId} is protected${wasProtected ? ` at ${base ?? "the base"}` : ""}, and would be ${taken}`,
      hint: wasProtected
        ? `keep its entry, and merge the removal of \`protected\` first, ${first}`
        : `remove \`protected\` from its entry first, ${first}`,
      forcible: false,
      customerId,
      key,
      featureId,
      ...(desired?.place ? { place: desired.place } : {}),
    },
  ];
}

/** What a change takes from a balance; `undefined` when it takes nothing. */
function takenBy({ kind, creates, desired, row, fields }: Change): string | undefined {
  if (kind === "delete") return "deleted";
  // Finishing a replacement takes nothing; left unfinished, the customer has two balances.
  if (kind === "replace" && creates) return "replaced";
  if (kind !== "update" && kind !== "replace") return undefined;
  const included = desired?.included ?? null;
  // By the row's own grant: what the customer gains counts rows that end for it, too, such as one that it takes over.
  if (included !== null && row !== null && isMore(row.grant, included)) return `cut to ${units(included)}`;
  const isMoved = fields.some(({ field }) => field === "expires_at");
  const ends = desired?.expiresAt ?? null;
  const ended = row?.expiresAt ?? null;
  return isMoved && ends !== null && (ended === null || ends < ended) ? "ended earlier" : undefined;
}

/** What policy rules deny. No option lifts it: that is what a policy is for. */
function deniedByPolicy({ policy }: Plan): Refusal[] {
  return (policy?.findings ?? []).flatMap(({ effect, rule, message, customerId, key, place }) =>
    effect === "deny"
      ? [
          {
            code: "denied-by-policy",
            message: `the rule \`${rule}\` denies ${customerId === null ? "the plan" : `${key} of ${customerId}`}: ${message}`,
            hint: "change the entry; or the policy, in a change of its own",
            forcible: false,
            ...(customerId === null ? {} : { customerId }),
            ...(key === null ? {} : { key }),
            ...(place === undefined ? {} : { place }),
          },
        ]
      : [],
  );
}

/**
 * A refusal for each approval that is missing.
 * @param given who has approved the plan
 */
export function missingApprovals({ policy }: Plan, given: readonly string[]): Refusal[] {
  return (policy?.approvals ?? [])
    .filter((approver) => !given.includes(approver))
    .map((approver) => {
      const asked = policy?.findings.filter((finding) => finding.approver === approver) ?? [];
      const rules = [...new Set(asked.map(({ rule }) => `\`${rule}\``))].join(", ");
      return {
        code: "needs-approval",
        message: `the plan needs the approval of ${approver}, for ${rules}`,
        hint: `once ${approver} has approved it, pass --approved-by with that name`,
        forcible: false,
      };
    });
}
