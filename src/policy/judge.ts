// Judges a plan by a policy: what each rule asks for, and at which change. Pure, except for the clock that limits it.
import { type Change, type Finding, isAction, type PolicyVerdict } from "../reconcile/index.ts";
import { type DesiredBalance, desiredAt, ProblemsError } from "../schema/index.ts";
import { compareText, printable } from "../text/index.ts";
import type { Policy, Rule } from "./policy.ts";
import { finding } from "./ready-rules.ts";
import {
  beforeVariables,
  changeVariables,
  entryVariables,
  type JudgedPlan,
  planVariables,
} from "./variables.ts";

export interface Judged {
  readonly plan: JudgedPlan;
  /** Every entry as it is written, to sum up what a customer has of a feature. */
  readonly balances: readonly DesiredBalance[];
  /** The teams of the author of the plan, as the pipeline passes them. */
  readonly teams: readonly string[];
  /** Maps the file of an entry to its path relative to the root of the repository. */
  readonly fileOf: (file: string) => string;
  /** ms since 1970. */
  readonly now: number;
  /** ms of a monotonic clock. */
  readonly elapsed: () => number;
}

/** ms that judging may take; in a second, one rule judges about a million changes. */
const MOST_MS = 30_000;
/** How many changes are judged between two looks at the clock. */
const STRIDE = 256;

/** @throws ProblemsError when a rule cannot be evaluated, or judging takes too long */
export function judge(policy: Policy, judged: Judged): PolicyVerdict {
  const asked = new Judge(policy, judged);
  const findings = asked.findings();
  const approvals = new Set(findings.flatMap(({ approver }) => approver ?? []));
  return { name: policy.name, approvals: [...approvals].sort(compareText), findings };
}

class Judge {
  readonly #policy: Policy;
  readonly #judged: Judged;
  readonly #plan: Readonly<Record<string, unknown>>;
  readonly #siblings = new Map<string, DesiredBalance[]>();
  readonly #until: number;

  constructor(policy: Policy, judged: Judged) {
    this.#policy = policy;
    this.#judged = judged;
    this.#until = judged.elapsed() + MOST_MS;
    this.#plan = { plan: planVariables(judged.plan), teams: judged.teams };
    if (!policy.rules.some(({ written }) => written.use === "at_most")) return;
    for (const entry of judged.balances) {
      const balance = desiredAt(entry, judged.now);
      if (balance.expiresAt !== null && balance.expiresAt <= judged.now) continue;
      const id = siblingsOf(balance);
      const list = this.#siblings.get(id);
      if (list === undefined) this.#siblings.set(id, [balance]);
      else list.push(balance);
    }
  }

  findings(): Finding[] {
    const { changes } = this.#judged.plan;
    const isAny = changes.some(isAction);
    const ofPlan = this.#policy.rules.filter(isOfPlan);
    const others = this.#policy.rules.filter((rule) => !isOfPlan(rule));
    const found = isAny ? ofPlan.flatMap((rule) => this.#ofPlan(rule)) : [];
    for (const [index, change] of changes.entries()) {
      if (index % STRIDE === 0) this.#refuseIfLate();
      if (!isAction(change)) continue;
      const values = this.#valuesOf(change);
      for (const rule of others) {
        const said = this.#guarded(rule, change, () => this.#said(rule, change, values));
        if (said !== undefined) found.push(findingOf(rule, said, change));
      }
    }
    return found;
  }

  #ofPlan(rule: Rule): Finding[] {
    const { condition } = rule;
    const holds = this.#guarded(
      rule,
      null,
      () => condition.kind === "expression" && condition.when.holds(this.#plan),
    );
    return holds ? [findingOf(rule, "it is so of this plan", null)] : [];
  }

  #valuesOf(change: Change): Readonly<Record<string, unknown>> {
    const { now, fileOf } = this.#judged;
    return {
      ...this.#plan,
      entry: entryVariables(change.desired, now, fileOf),
      change: changeVariables(change),
      before: beforeVariables(change),
    };
  }

  /** What a rule says about a change; `undefined` when it does not apply. */
  #said(rule: Rule, change: Change, values: Readonly<Record<string, unknown>>): string | undefined {
    const { condition, written } = rule;
    const { desired: balance } = change;
    if (condition.kind === "expression") {
      if (condition.on === "entry" && balance === null) return undefined;
      return condition.when.holds(values) ? "it is so of this change" : undefined;
    }
    if (balance === null || condition.where?.holds(values) === false) return undefined;
    const { now, fileOf, plan } = this.#judged;
    return finding(written, condition.use, {
      balance,
      now,
      file: balance.place === undefined ? "" : fileOf(balance.place.file),
      environment: plan.environment,
      siblings: () => this.#siblings.get(siblingsOf(balance)) ?? [balance],
    });
  }

  /** An expression that fails does not count as false: nothing is applied until it is fixed. */
  #guarded<T>(rule: Rule, change: Change | null, work: () => T): T {
    try {
      return work();
    } catch (error) {
      const said = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
      const at = change === null ? "the plan" : `${change.key} of ${change.customerId}`;
      throw new ProblemsError([
        {
          code: "rule-failed",
          message: `the rule \`${rule.name}\` cannot be judged for ${printable(at, 200)}: ${printable(said, 200)}`,
          hint: 'have it ask first whether there is what it looks at, such as "credits" in plan.added && …',
          ...(rule.place === undefined ? {} : { place: rule.place }),
        },
      ]);
    }
  }

  #refuseIfLate(): void {
    if (this.#judged.elapsed() <= this.#until) return;
    const message = `the ${this.#policy.rules.length} rules of the policy take more than ${MOST_MS / 1000} seconds`;
    throw new ProblemsError([
      { code: "policy-too-slow", message, hint: "plan in parts, with --shard, or make the rules simpler" },
    ]);
  }
}

const isOfPlan = ({ condition }: Rule): boolean => condition.kind === "expression" && condition.on === "plan";

const siblingsOf = ({ customerId, featureId }: DesiredBalance): string => `${customerId}\u0000${featureId}`;

function findingOf({ name, effect, approver, written }: Rule, said: string, change: Change | null): Finding {
  const { message } = written;
  const place = change?.desired?.place;
  return {
    rule: name,
    effect,
    approver,
    message: message === undefined ? said : written.use === undefined ? message : `${message} (${said})`,
    customerId: change?.customerId ?? null,
    key: change?.key ?? null,
    ...(place === undefined ? {} : { place }),
  };
}
