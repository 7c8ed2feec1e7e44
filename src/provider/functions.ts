// The functions `provider::autumn::…`, which ask nobody.
import { parseBalances } from "../config/index.ts";
import { instantToMs, msToInstant } from "../schema/index.ts";
import { type CtyType, type CtyValue, FunctionError, type ProviderFunction } from "./protocol/index.ts";

const rfc3339ToMs: ProviderFunction = {
  summary: "RFC 3339 as milliseconds since 1970",
  description: "The milliseconds since 1970-01-01T00:00:00Z that an RFC 3339 timestamp means.",
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

const decodeBalances: ProviderFunction = {
  summary: "The balances of a balances.yaml",
  description:
    "Reads the text of a balances file, with all the checks of `autumn-balances validate`. The result is a map, " +
    "ready for `for_each`, by `customer_id/balance_id`.",
  parameters: [{ name: "yaml", type: "string", description: 'The text, such as `file("balances.yaml")`.' }],
  returns: decoded,
  call([yaml]) {
    const { config, problems } = parseBalances(yaml as string, "balances.yaml");
    if (config === null) {
      const lines = problems.map(({ place, message, hint }) => {
        const where = place ? `line ${place.line}, column ${place.column}: ` : "";
        return `${where}${message}${hint ? ` (${hint})` : ""}`;
      });
      throw new FunctionError(lines.join("\n"), 0);
    }
    const balances: Record<string, CtyValue> = Object.create(null);
    for (const balance of config.balances) {
      balances[`${balance.customerId}/${balance.key}`] = {
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
