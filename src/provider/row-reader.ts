// Reads for many resources at a time. Terraform asks for one resource after the other, ten at once; they are
// answered from as few calls as there can be, and never from what was read before a write.
import type { AutumnApi } from "../autumn/index.ts";
import { Observer, type Row, type Target } from "../reconcile/index.ts";

/** ms that questions are collected for: Terraform sends those that it asks at once within less. */
const COLLECT_MS = 5;
/** Pages of the organisation's list that are read on the chance that they are all there are. */
const FIRST_PAGES = 10;

interface Question extends Target {
  readonly resolve: (rows: readonly Row[]) => void;
  readonly reject: (error: unknown) => void;
}

export class RowReader {
  private readonly known = new Map<string, readonly Row[]>();
  /** Customers that were written to: the list of the organisation knows them as they were. */
  private readonly written = new Set<string>();
  private questions: Question[] = [];
  private reading: Promise<void> = Promise.resolve();
  private isComplete = false;
  private asked = 0;
  /** The list is tried again once this many customers have been asked for one by one. */
  private nextWalk = 0;

  constructor(
    private readonly api: AutumnApi,
    private readonly options: { namespace: string; concurrency: number; booleans: () => ReadonlySet<string> },
  ) {}

  /** Every standalone row of a customer. @throws AutumnError */
  rowsOf(target: Target): Promise<readonly Row[]> {
    const { customerId } = target;
    const known = this.known.get(customerId);
    if (known) return Promise.resolve(known);
    if (this.isComplete && !this.written.has(customerId)) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.questions.push({ ...target, resolve, reject });
      if (this.questions.length === 1) setTimeout(() => this.answer(), COLLECT_MS);
    });
  }

  /** Everything known of a customer is out of date. */
  forget(customerId: string): void {
    this.known.delete(customerId);
    this.written.add(customerId);
  }

  private answer(): void {
    // One after the other: what the first learns may answer the next without a call.
    this.reading = this.reading.then(async () => {
      const questions = this.questions;
      this.questions = [];
      try {
        await this.read(questions);
        for (const { customerId, resolve } of questions) resolve(this.known.get(customerId) ?? []);
      } catch (error) {
        for (const { reject } of questions) reject(error);
      }
    });
  }

  private async read(questions: readonly Question[]): Promise<void> {
    const open = questions.filter(
      ({ customerId }) => !this.known.has(customerId) && (!this.isComplete || this.written.has(customerId)),
    );
    if (open.length === 0) return;
    this.asked += open.length;
    const walks = !this.isComplete && this.asked >= this.nextWalk;
    const observer = new Observer(this.api, {
      namespace: this.options.namespace,
      balances: [],
      also: open,
      booleans: this.options.booleans(),
      wholeOrganisation: false,
      mostPages: walks ? Math.max(FIRST_PAGES, this.asked) : 0,
      concurrency: this.options.concurrency,
    });
    await observer.readRows();
    this.isComplete ||= observer.scope === "organisation";
    if (walks && !this.isComplete) this.nextWalk = this.asked * 4;
    for (const [customerId, rows] of observer.rows)
      if (!this.written.has(customerId)) this.known.set(customerId, rows);
    for (const { customerId } of open) {
      this.known.set(customerId, observer.rows.get(customerId) ?? []);
      this.written.delete(customerId);
    }
  }
}
