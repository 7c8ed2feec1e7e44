// Reads for many resources at a time. Terraform asks for each resource by itself, ten at once; they are answered with
// as few calls as possible, and never from what was read before a write.
import type { AutumnApi } from "../autumn/index.ts";
import { AccountReader, type Observation, parseRemoteId, type Row, type Target } from "../reconcile/index.ts";

/** ms for which questions are collected: Terraform sends those that it asks at once within less. */
const COLLECT_MS = 5;
/** How many pages of the organisation's list are read in the hope that there are no more. */
const FIRST_PAGES = 10;

interface Question extends Target {
  readonly resolve: (rows: readonly Row[]) => void;
  readonly reject: (error: unknown) => void;
}

export class RowReader {
  private readonly known = new Map<string, readonly Row[]>();
  /** When the reads of what is known began, in ms since 1970. */
  private readonly knownSince = new Map<string, number>();
  /** Customers that were written to: the organisation's list may still show them as they were. */
  private readonly written = new Set<string>();
  /** Customers of whom only what public reads show is known. */
  private readonly partlyKnown = new Set<string>();
  private readonly missing = new Set<string>();
  private listsBalances = true;
  /** Customers that were written to since the read at hand began. */
  private readonly writes = new Set<string>();
  private questions: Question[] = [];
  private reading: Promise<void> = Promise.resolve();
  private isComplete = false;
  /** When the read began that showed every customer who has rows. */
  private completeSince = 0;
  private asked = 0;
  /** The list is tried again once this many customers have been asked for one by one. */
  private nextWalk = 0;

  constructor(
    private readonly api: AutumnApi,
    private readonly options: { namespace: string; concurrency: number; booleans: () => ReadonlySet<string> },
  ) {}

  /** Every standalone row of a customer. @throws AutumnError */
  rowsOf(target: Target): Promise<readonly Row[]> {
    if (this.isAnswered(target)) return Promise.resolve(this.known.get(target.customerId) ?? []);
    return new Promise((resolve, reject) => {
      this.questions.push({ ...target, resolve, reject });
      if (this.questions.length === 1) setTimeout(() => this.answer(), COLLECT_MS);
    });
  }

  /** The rows as they are stored, with the grants given at creation where the server tells them; read anew. */
  async storedRowsOf({ customerId, entityId }: Omit<Target, "balanceId">): Promise<readonly Row[]> {
    const reader = new AccountReader(this.api, {
      namespace: this.options.namespace,
      balances: [],
      also: [{ customerId, entityId, balanceId: null }],
      booleans: this.options.booleans(),
      listsBalances: this.listsBalances,
      wholeOrganisation: false,
      concurrency: 1,
    });
    return (await reader.readCustomer(customerId)) ?? [];
  }

  /** Whether only what public reads show of the customer is known. */
  isPartlyKnown(customerId: string): boolean {
    return this.partlyKnown.has(customerId);
  }

  /** Whether the customer exists; `undefined` where what was read does not tell. */
  exists(customerId: string): boolean | undefined {
    if (this.missing.has(customerId)) return false;
    return (this.known.get(customerId)?.length ?? 0) > 0 ? true : undefined;
  }

  /** ms since 1970, by the server's clock: from when on changes to the customer may be unknown; 0 if that is not known. */
  knownUntil(customerId: string): number {
    return this.knownSince.get(customerId) ?? this.completeSince;
  }

  /** Everything known of a customer is out of date. */
  forget(customerId: string): void {
    this.known.delete(customerId);
    this.knownSince.delete(customerId);
    this.partlyKnown.delete(customerId);
    this.missing.delete(customerId);
    this.written.add(customerId);
    this.writes.add(customerId);
  }

  private isAnswered({ customerId, entityId, balanceId }: Target): boolean {
    const rows = this.known.get(customerId);
    if (rows === undefined) return this.isComplete && !this.written.has(customerId);
    if (!this.partlyKnown.has(customerId)) return true;
    // Public reads leave out some rows, and of every row the entity.
    return (
      entityId === null && rows.some((row) => row.balanceId === balanceId || this.succeeds(row, balanceId))
    );
  }

  /** Whether the row is a generation of the balance that does not reset: then the rows before it need not be seen. */
  private succeeds({ balanceId, resetsAt }: Row, first: string | null): boolean {
    const { namespace } = this.options;
    const own = resetsAt === null ? parseRemoteId(namespace, balanceId) : undefined;
    return own !== undefined && `${namespace}:${own.key}` === first;
  }

  private answer(): void {
    // One after the other: what the first learns may answer the next without a call.
    this.reading = this.reading.then(async () => {
      const questions = this.questions;
      this.questions = [];
      try {
        const open = questions.filter((question) => !this.isAnswered(question));
        // What is written meanwhile comes after the questions: it makes the answers old, but not wrong.
        const read = open.length > 0 ? await this.read(open) : undefined;
        for (const { customerId, resolve } of questions) {
          resolve(this.known.get(customerId) ?? read?.get(customerId) ?? []);
        }
      } catch (error) {
        for (const { reject } of questions) reject(error);
      }
    });
  }

  private async read(open: readonly Question[]): Promise<ReadonlyMap<string, readonly Row[]>> {
    this.asked += open.length;
    const walks = !this.isComplete && this.asked >= this.nextWalk;
    const reader = new AccountReader(this.api, {
      namespace: this.options.namespace,
      balances: [],
      also: open,
      booleans: this.options.booleans(),
      listsBalances: this.listsBalances,
      wholeOrganisation: false,
      mostPages: walks ? Math.max(FIRST_PAGES, this.asked) : 0,
      concurrency: this.options.concurrency,
    });
    const asked = new Set(open.map(({ customerId }) => customerId));
    this.writes.clear();
    const startedAt = this.api.serverTime();
    const observation = await reader.readRows();
    this.listsBalances = observation.listsBalances;
    if (!this.isComplete && observation.scope === "organisation") {
      this.isComplete = true;
      this.completeSince = startedAt;
    }
    if (walks && !this.isComplete) this.nextWalk = this.asked * 4;
    for (const customerId of new Set([...observation.rows.keys(), ...asked])) {
      // Whether this was read before or after the write is not known.
      if (this.writes.has(customerId)) continue;
      if (asked.has(customerId)) this.written.delete(customerId);
      if (this.written.has(customerId)) continue;
      this.remember(customerId, observation);
      this.knownSince.set(customerId, startedAt);
    }
    return observation.rows;
  }

  private remember(customerId: string, { rows, missingCustomers, partlyRead }: Observation): void {
    this.known.set(customerId, rows.get(customerId) ?? []);
    if (missingCustomers.has(customerId)) this.missing.add(customerId);
    if (partlyRead.has(customerId)) this.partlyKnown.add(customerId);
    else this.partlyKnown.delete(customerId);
  }
}
