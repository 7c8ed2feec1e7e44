// What the policy says of a plan, in the words that text, Markdown and HTML have in common.
import type { Finding, Plan } from "../reconcile/index.ts";
import type { Pen } from "./text/pen.ts";

const ORDER: readonly Finding["effect"][] = ["deny", "approve", "warn"];

/** The findings, what is denied first. */
export const findingsInOrder = ({ policy }: Plan): Finding[] =>
  [...(policy?.findings ?? [])].sort((a, b) => ORDER.indexOf(a.effect) - ORDER.indexOf(b.effect));

/**
 * `Policy … asks for the approval of finance`; empty where there is no policy, or it has nothing to say.
 * @param most how many approvers are named
 */
export function policyLine({ policy }: Plan, pen: Pen, most = Number.POSITIVE_INFINITY): string {
  if (policy === null || policy.findings.length === 0) return "";
  const { approvals, findings } = policy;
  const denied = findings.some(({ effect }) => effect === "deny") ? ["denies it"] : [];
  const named = approvals.slice(0, most).map((name) => pen.id(name));
  const more = approvals.length - named.length;
  const needed = [...named, ...(more === 0 ? [] : [`${more} more`])].join(" and ");
  const says = [...denied, ...(needed === "" ? [] : [`asks for the approval of ${needed}`])];
  return `Policy ${pen.id(policy.name)} ${says.length === 0 ? "warns" : says.join(", ")}`;
}

/** `large-grants asks for finance at api_calls of acme (balances.yaml:5:5): over 100,000 units`. */
export function findingLine({ rule, effect, approver, message, ...at }: Finding, pen: Pen): string {
  const { customerId, key, place } = at;
  const what = customerId === null ? "the plan" : `${pen.id(key ?? "")} of ${pen.id(customerId)}`;
  const where = place === undefined ? "" : ` (${pen.id(`${place.file}:${place.line}:${place.column}`)})`;
  const asks = { deny: "denies", warn: "warns of", approve: `asks for ${pen.id(approver ?? "")} at` };
  return `${pen.id(rule)} ${asks[effect]} ${what}${where}: ${pen.prose(message)}`;
}
