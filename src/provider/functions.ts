// The functions `provider::autumn::…`, which make no calls.
import { combine, type Group, needsAsking, type ReadFile, readBalances } from "../config/index.ts";
import { type DesiredBalance, instantToMs, msToInstant, type Problem } from "../schema/index.ts";
import { printable, quoted } from "../text/index.ts";
import { quotedInHcl } from "./hcl.ts";
import { type CtyType, type CtyValue, FunctionError, type ProviderFunction } from "./protocol/index.ts";

const rfc3339ToMs: ProviderFunction = {
  summary: "RFC 3339 as milliseconds since 1970",
  description: "Converts an RFC 3339 timestamp to milliseconds since 1970-01-01T00:00:00Z.",
  parameters: [{ name: "timestamp", type: "string", description: "Such as `2027-01-31T00:00:00Z`." }],
  returns: "number",
  call([timestamp]) {
    const ms = instantToMs(timestamp as string);
    if (ms !== undefined) return ms;
    throw new FunctionError(
      "not RFC 3339: write it like 2027-01-31T00:00:00Z, with the time and the zone",
      0,
    );
  },
};

const reset: CtyType = ["object", { interval: "string", interval_count: "number" }];
const rollover: CtyType = [
  "object",
  { max: "number", max_percentage: "number", length: "number", duration: "string" },
];

const decoded: CtyType = [
  "map",
  [
    "object",
    {
      customer_id: "string",
      feature_id: "string",
      entity_id: "string",
      balance_id: "string",
      included: "number",
      unlimited: "bool",
      reset,
      expires_at: "string",
      rollover,
      next_reset_at: "string",
    },
  ],
];

const linesOf = (problems: readonly Problem[]): string =>
  problems
    .map(({ place, message, hint }) => {
      const where = place ? `line ${place.line}, column ${place.column}: ` : "";
      return `${where}${message}${hint ? ` (${hint})` : ""}`;
    })
    .join("\n");

/** What to do about a setting that a map of balances has no place for. */
const INSTEAD: Readonly<Record<string, (value: unknown) => string>> = {
  environment: (value) => `remove it, and write environment = "${value}" in the provider`,
  create_customers: () => "remove it: Terraform creates no customers",
  retire: () => "remove it: in Terraform, a balance that is replaced ends",
  limits: () => "remove it: Terraform has no such limits; the plan shows what it would do",
};

const nameOf = ({ customerId, key }: DesiredBalance): string => `${customerId}/${key}`;

/** Balances that would have the same name in the map, so that one of them would get lost. */
function sameNames(balances: readonly DesiredBalance[]): Problem[] {
  const first = new Map<string, DesiredBalance>();
  return balances.flatMap((balance) => {
    const other = first.get(nameOf(balance));
    first.set(nameOf(balance), other ?? balance);
    if (other === undefined) return [];
    const { customerId, key, place } = balance;
    const message =
      `${quoted(key)} of ${quoted(customerId)} and ${quoted(other.key)} of ${quoted(other.customerId)} ` +
      "would have the same name in the map";
    return [
      { code: "same-name", message, hint: "give one of them another `id`", ...(place ? { place } : {}) },
    ];
  });
}

/**
 * What the map would lose of a file: settings such as guards, that a balance is there already (`adopt`) or may not be
 * there yet, and who belongs to a group.
 */
function ignoredIn({ settings, entries, groups = [] }: ReadFile): Problem[] {
  const ofSettings = settings.flatMap(({ name, value, namePlace }) => {
    const instead = INSTEAD[name.split(".")[0] ?? ""];
    // A setting that repeats the default loses nothing.
    const isDefault =
      (name === "create_customers" && value === false) || (name === "retire" && value === "end");
    if (instead === undefined || isDefault) return [];
    const message = `\`${printable(name)}\` has no effect in Terraform`;
    return [{ code: "no-effect", message, hint: instead(value), place: namePlace }];
  });
  return [
    ...ofSettings,
    ...entries.flatMap(({ balance }) => ignoredOf(balance)),
    ...groups.flatMap(ignoredOfGroup),
  ];
}

const LATER =
  "keep the entry in a file of another namespace, and let `autumn-balances apply` read that one every night";

/** What the map would lose of an entry. */
function ignoredOf({
  adopt,
  customerId,
  key,
  entityId,
  startsAt,
  phases,
  isProtected,
  place,
}: DesiredBalance): Problem[] {
  const noEffect = (message: string, hint: string): Problem => ({
    code: "no-effect",
    message,
    hint,
    ...(place ? { place } : {}),
  });
  const problems: Problem[] = [];
  if (adopt !== null) {
    const id = { customer_id: customerId, balance_id: adopt, name: key };
    const json = JSON.stringify(entityId === null ? id : { ...id, entity_id: entityId });
    const message = `\`adopt\` has no effect in Terraform: ${quoted(key)} would be granted a second time`;
    const hint = `remove it, and take the balance over with an import block: id = ${quotedInHcl(json)}`;
    problems.push(noEffect(message, hint));
  }
  if (phases !== undefined) {
    const message = `\`phases\` has no effect in Terraform: ${quoted(key)} would stay in one of them`;
    problems.push(noEffect(message, LATER));
  } else if (startsAt !== undefined) {
    const message = `\`starts_at\` has no effect in Terraform: ${quoted(key)} would be granted at once`;
    problems.push(noEffect(message, LATER));
  }
  if (isProtected === true) {
    const hint = "remove it, and write lifecycle { prevent_destroy = true } in the resource";
    problems.push(noEffect("`protected` has no effect in Terraform", hint));
  }
  return problems;
}

/** What the map would lose of a group. */
function ignoredOfGroup(group: Group): Problem[] {
  const { name, query, whenTheyLeave, place } = group;
  if (query !== null) return [needsAsking(group)];
  if (whenTheyLeave === "end") return [];
  const message = `\`when_they_leave: keep\` has no effect in Terraform: who leaves the group ${quoted(name)} loses the balance`;
  const hint = "write `when_they_leave: end`, which is what happens";
  return [{ code: "no-effect", message, hint, ...(place ? { place } : {}) }];
}

/** Terraform hands over a text, and says of no file where it is. */
const noFileBeside = () => ({
  problem: {
    code: "csv-not-read",
    message: "Terraform's functions read no CSV file",
    hint: "write the customers of the group, or grant it with the command line",
  },
});

const decodeBalances: ProviderFunction = {
  summary: "The balances of a balances.yaml",
  description:
    "Reads the text of a balances file, with all the checks of `autumn-balances validate`. The result is a map " +
    "by `customer_id/balance_id`, ready for `for_each`. What has no effect in Terraform is an error: `adopt`, " +
    "`starts_at`, `phases`, `protected`, `environment`, `limits`, `create_customers`, `retire: delete`, grants to " +
    "groups that Autumn is asked for, and `when_they_leave: keep`. The `namespace` of the file is ignored: set it in " +
    "the provider.",
  parameters: [{ name: "yaml", type: "string", description: 'The text, such as `file("balances.yaml")`.' }],
  returns: decoded,
  call([yaml]) {
    const file = readBalances(yaml as string, "balances.yaml", {}, noFileBeside);
    const { config, problems } = combine([file]);
    if (config === null) throw new FunctionError(linesOf(problems), 0);
    const ignored = [...ignoredIn(file), ...sameNames(config.balances)];
    if (ignored.length > 0) throw new FunctionError(linesOf(ignored), 0);
    const balances: Record<string, CtyValue> = Object.create(null);
    for (const balance of config.balances) {
      balances[nameOf(balance)] = {
        customer_id: balance.customerId,
        feature_id: balance.featureId,
        entity_id: balance.entityId,
        balance_id: balance.key,
        included: balance.included,
        unlimited: balance.unlimited ? true : null,
        reset: balance.reset && {
          interval: balance.reset.interval,
          interval_count: balance.reset.intervalCount,
        },
        expires_at: balance.expiresAt === null ? null : msToInstant(balance.expiresAt),
        rollover: balance.rollover && {
          max: balance.rollover.max,
          max_percentage: balance.rollover.maxPercentage,
          length: balance.rollover.duration === "forever" ? null : balance.rollover.length,
          duration: balance.rollover.duration,
        },
        next_reset_at: balance.nextResetAt === null ? null : msToInstant(balance.nextResetAt),
      };
    }
    return balances;
  },
};

export const functions = { rfc3339_to_ms: rfc3339ToMs, decode_balances: decodeBalances };
