// The ready rules. Each looks at one changed entry, and says what is wrong with it, if anything.
import { plus, units } from "../reconcile/index.ts";
import type { DesiredBalance, Environment } from "../schema/index.ts";
import type { ReadyRuleName, WrittenRule } from "./policy-file.ts";
import { entryVariables, reasonOf } from "./variables.ts";

export interface Looked {
  readonly balance: DesiredBalance;
  /** Its file, relative to the root of the repository. */
  readonly file: string;
  /** ms since 1970. */
  readonly now: number;
  readonly environment: Environment | null;
  /** All entries of the same customer and feature. */
  readonly siblings: () => readonly DesiredBalance[];
}

/** Parameters that a ready rule needs (`true`) or may have (`false`). */
export const PARAMETERS: Readonly<
  Record<ReadyRuleName, Partial<Record<"feature" | "units" | "within_days" | "folders", boolean>>>
> = {
  must_expire: { within_days: false },
  must_have_reason: {},
  at_most: { feature: true, units: true },
  no_unlimited: {},
  live_only_in: { folders: true },
};

/** What a ready rule finds in an entry; `undefined` if nothing. */
export function finding(rule: WrittenRule, name: ReadyRuleName, looked: Looked): string | undefined {
  const { balance, now, file } = looked;
  switch (name) {
    case "must_expire": {
      const { expires, days } = entryVariables(balance, now, String);
      if (!expires) return "it has no `expires_at`";
      const most = rule.within_days;
      return most !== undefined && days > most
        ? `it ends in ${units(Math.ceil(days))} days, over ${units(most)}`
        : undefined;
    }
    case "must_have_reason":
      return reasonOf(balance) === "" ? "it has no `reason`" : undefined;
    case "no_unlimited":
      return balance.unlimited ? "it is unlimited" : undefined;
    case "at_most":
      return atMost(rule, looked);
    case "live_only_in": {
      if (looked.environment !== "live") return undefined;
      const isInside =
        !file.startsWith("../") &&
        (rule.folders ?? []).some((folder) => file.startsWith(folderPrefix(folder) ?? folder));
      return isInside ? undefined : `it is written in ${file}, outside of ${(rule.folders ?? []).join(", ")}`;
    }
  }
}

/** What the paths of the files in a folder begin with; `undefined` for a folder outside of the repository. */
export function folderPrefix(folder: string): string | undefined {
  const parts = folder.split("/").filter((part) => part !== "." && part !== "");
  if (/^[/\\]|^[A-Za-z]:/.test(folder) || parts.includes("..")) return undefined;
  return parts.map((part) => `${part}/`).join("");
}

function atMost(
  { feature, units: most = 0 }: WrittenRule,
  { balance, siblings }: Looked,
): string | undefined {
  if (balance.featureId !== feature) return undefined;
  const all = siblings();
  if (all.some(({ unlimited }) => unlimited)) return `the customer has no limit of it, over ${units(most)}`;
  const sum = all.reduce((total, { included }) => plus(total, included ?? 0), 0);
  return sum > most ? `the customer has ${units(sum)} units of it, over ${units(most)}` : undefined;
}
