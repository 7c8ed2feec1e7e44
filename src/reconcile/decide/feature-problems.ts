// Checks entries against the server's features: does the feature exist, and may it be granted like that? Pure.
import type { WireFeature } from "../../autumn/index.ts";
import { type DesiredBalance, inPhases, type Limits, type Problem } from "../../schema/index.ts";
import { didYouMean } from "../../text/index.ts";

const TYPE_NAMES = { metered: "metered", boolean: "boolean", credit_system: "a credit system" } as const;

/** Everything that is wrong with the entries, in each of their phases, given the features that exist. */
export function checkFeatures(
  balances: readonly DesiredBalance[],
  features: ReadonlyMap<string, WireFeature>,
): Problem[] {
  return balances.flatMap((balance) => {
    const feature = features.get(balance.featureId);
    const found = feature
      ? inPhases(balance).flatMap((phase) => misuse(phase, feature))
      : [unknownFeature(balance.featureId, features)];
    // What is wrong with several phases is said once.
    const each = new Map(found.map((problem) => [problem.message, problem]));
    return [...each.values()].map((problem) => problemAt(balance, problem));
  });
}

/** Problems with limits of features that do not exist: they would guard nothing. */
export function checkLimits(limits: Limits, features: ReadonlyMap<string, WireFeature>): Problem[] {
  return [...limits.granted.keys()].flatMap((featureId) => {
    if (features.has(featureId)) return [];
    const place = limits.grantedAt?.get(featureId);
    const problem = unknownFeature(featureId, features);
    return [place ? { ...problem, place } : problem];
  });
}

/** The problem, at the line of the entry it is about. */
export function problemAt(balance: DesiredBalance, problem: Problem): Problem {
  return balance.place ? { ...problem, place: balance.place } : problem;
}

function unknownFeature(featureId: string, features: ReadonlyMap<string, WireFeature>): Problem {
  const similar = didYouMean(featureId, [...features.keys()]);
  const hint = similar
    ? `did you mean ${similar}?`
    : features.size === 0
      ? "this environment has no features yet: create it in Autumn first"
      : `create it in Autumn first; there are: ${[...features.keys()].sort().slice(0, 10).join(", ")}`;
  return { code: "unknown-feature", message: `there is no feature ${featureId}`, hint };
}

function misuse(balance: DesiredBalance, feature: WireFeature): Problem[] {
  const name = `${feature.id} is ${TYPE_NAMES[feature.type]}`;
  if (feature.type === "boolean") {
    const refused = [
      balance.included !== null && "included",
      balance.unlimited && "unlimited",
      balance.reset !== null && "reset",
      balance.rollover !== null && "rollover",
    ].filter((field) => field !== false);
    return refused.map((field) => ({
      code: "boolean-feature",
      message: `${name}: it is on or off, and takes no \`${field}\``,
      hint: `remove \`${field}\``,
    }));
  }
  const problems: Problem[] = [];
  if (balance.included === null && !balance.unlimited) {
    problems.push({
      code: "no-grant",
      message: `${name}, and the entry does not say how much is granted`,
      hint: "add `included: <units>` or `unlimited: true`",
    });
  }
  // The API silently drops a reset of such a feature (scenario create-seats), and refuses a rollover.
  if (!feature.consumable && balance.reset !== null) {
    problems.push({
      code: "feature-does-not-reset",
      message: `${feature.id} is not consumed but held, so it never resets`,
      hint: balance.rollover === null ? "remove `reset`" : "remove `reset` and `rollover`",
    });
  }
  return problems;
}
