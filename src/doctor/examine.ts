// A run: makes what it needs, tries every fact, and removes what it made, whatever happens.
import PQueue from "p-queue";
import type { AutumnClient, Clock } from "../autumn/index.ts";
import { AutumnError } from "../autumn/index.ts";
import { Bench } from "./bench.ts";
import { CannotTell, type NotTried } from "./cannot-tell.ts";
import type { Fact, FactResult } from "./fact.ts";
import { FACT_GROUPS } from "./facts/index.ts";
import { type LeftOver, removeAll } from "./removal.ts";
import { Interrupted, Workshop } from "./workshop.ts";

/** ms to wait for a reset, without and with `slow`. */
const RESET_PATIENCE_MS = 20_000;
const SLOW_RESET_PATIENCE_MS = 180_000;

export interface ExamineOptions {
  /** Makes a client. Called twice: a second client, which no signal stops, removes what was made. */
  readonly connect: (signal?: AbortSignal) => AutumnClient;
  readonly clock: Clock;
  /** `autumn-balances-doctor-4f1c`: what everything it makes is named with. */
  readonly name: string;
  /** Facts tried at a time. */
  readonly concurrency: number;
  /** Wait longer for resets that the server makes by itself. */
  readonly slow: boolean;
  /** Once it is aborted, nothing more is tried; what was made is still removed. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ExamineEvent) => void;
}

export type ExamineEvent =
  | { readonly type: "tried"; readonly done: number; readonly total: number }
  | { readonly type: "removed"; readonly done: number; readonly total: number };

export interface Examination {
  readonly name: string;
  /** In the order of `FACT_GROUPS`. */
  readonly results: readonly FactResult[];
  readonly leftOver: readonly LeftOver[];
  readonly interrupted: boolean;
  /** What ended the run before all facts were tried; `null` when nothing did. */
  readonly failure: AutumnError | null;
}

/** Tries every fact. Never throws for what the server does. */
export async function examine(options: ExamineOptions): Promise<Examination> {
  const { clock, name, signal, onEvent } = options;
  const workshop = new Workshop({
    client: options.connect(signal),
    clock,
    name,
    resetPatience: options.slow ? SLOW_RESET_PATIENCE_MS : RESET_PATIENCE_MS,
    ...(signal === undefined ? {} : { signal }),
  });
  const run = new Run(workshop, onEvent);
  try {
    await run.prepare();
    await run.tryAll(options.concurrency);
  } finally {
    let done = 0;
    const total = workshop.customers.size + workshop.features.size;
    run.leftOver = await removeAll(options.connect(), workshop.customers, workshop.features, () => {
      done += 1;
      onEvent?.({ type: "removed", done, total });
    });
  }
  return {
    name,
    results: run.results,
    leftOver: run.leftOver,
    interrupted: signal?.aborted === true,
    failure: run.failure,
  };
}

interface Tried extends Fact {
  readonly group: string;
}

const FACTS: readonly Tried[] = FACT_GROUPS.flatMap(({ title, facts }) =>
  facts.map((fact) => ({ ...fact, group: title })),
);

class Run {
  leftOver: LeftOver[] = [];
  failure: AutumnError | null = null;
  readonly #found = new Map<string, Promise<FactResult>>();
  #results: readonly FactResult[] = [];
  #done = 0;

  constructor(
    private readonly workshop: Workshop,
    private readonly onEvent: ((event: ExamineEvent) => void) | undefined,
  ) {}

  get results(): readonly FactResult[] {
    return this.#results;
  }

  /** Makes the features. Where that fails, nothing can be tried. */
  async prepare(): Promise<void> {
    try {
      const refused = await this.workshop.makeFeatures();
      if (refused === undefined) return;
      const { message, status, code } = refused;
      const details = { outcome: "refused", call: "features.create", status } as const;
      this.failure = new AutumnError(message, code === undefined ? details : { ...details, code });
    } catch (error) {
      if (error instanceof AutumnError) this.failure = error;
      else if (!(error instanceof Interrupted)) throw error;
    }
  }

  async tryAll(concurrency: number): Promise<void> {
    // First in, first out: the facts that one needs have begun before it, so that waiting for them cannot block the
    // queue.
    const queue = new PQueue({ concurrency });
    for (const fact of FACTS) {
      const found = queue.add(() => this.#try(fact));
      this.#found.set(fact.id, found);
    }
    this.#results = await Promise.all(this.#found.values());
  }

  async #try(fact: Tried): Promise<FactResult> {
    const result = await this.#finding(fact);
    this.#done += 1;
    this.onEvent?.({ type: "tried", done: this.#done, total: FACTS.length });
    return result;
  }

  async #finding(fact: Tried): Promise<FactResult> {
    for (const id of fact.needs ?? []) {
      const needed = await this.#found.get(id);
      if (needed?.verdict === "holds") continue;
      return notTried(fact, "follows", `it follows from ${id}, which ${saysOf(needed)}`);
    }
    if (this.failure !== null) return notTried(fact, "failed", "the run had ended before");
    try {
      this.workshop.check();
      const bench = new Bench(this.workshop, fact.id);
      if (fact.withoutCustomer !== true) await bench.open();
      const { holds, seen, variant } = await fact.probe(bench);
      return {
        fact,
        group: fact.group,
        verdict: holds ? "holds" : "does_not_hold",
        seen,
        variant: variant ?? null,
        notTried: null,
      };
    } catch (error) {
      return this.#withoutFinding(fact, error);
    }
  }

  async #withoutFinding(fact: Tried, error: unknown): Promise<FactResult> {
    if (error instanceof CannotTell) return notTried(fact, error.why, error.message);
    if (error instanceof Interrupted || (error instanceof AutumnError && error.code === "interrupted")) {
      return notTried(fact, "interrupted", "the run was stopped");
    }
    if (!(error instanceof AutumnError)) throw error;
    if (error.status === undefined) await this.#checkReach();
    return notTried(fact, "failed", error.message);
  }

  /** One call without an answer says little. If the next one has none either, the rest would fail too: the run ends. */
  async #checkReach(): Promise<void> {
    try {
      await this.workshop.client.listFeatures();
    } catch (error) {
      if (error instanceof AutumnError && error.code !== "interrupted") this.failure ??= error;
    }
  }
}

function saysOf(needed: FactResult | undefined): string {
  return needed?.verdict === "does_not_hold" ? "does not hold" : "was not tried";
}

function notTried(fact: Tried, why: NotTried, seen: string): FactResult {
  return { fact, group: fact.group, verdict: "not_tried", seen, variant: null, notTried: why };
}
