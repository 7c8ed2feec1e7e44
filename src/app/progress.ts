// What is being done while it is done: one line that changes on a terminal, a line now and then elsewhere.
import type { ExamineEvent } from "../doctor/index.ts";
import type { ApplyEvent, FullReadEvent, PlanEvent } from "../reconcile/index.ts";
import { count, units } from "../report/index.ts";
import { brief } from "../text/index.ts";
import type { Terminal } from "./terminal.ts";

/** ms between two updates of the line, and between two lines of a log. */
const UPDATE_MS = 80;
const LINE_MS = 10_000;

export class Progress {
  private lastAt: number;
  private toldAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly terminal: Pick<Terminal, "canUpdate" | "updateStatus" | "say" | "clearStatus">,
  ) {
    // The first update is shown at once; the first line only when it has taken long enough to be of interest.
    this.lastAt = terminal.canUpdate ? 0 : Date.now();
  }

  show(text: string): void {
    const now = Date.now();
    if (this.terminal.canUpdate) {
      if (now - this.lastAt < UPDATE_MS) return;
      this.terminal.updateStatus(text);
    } else {
      if (now - this.lastAt < LINE_MS) return;
      this.terminal.say("info", `${text}\n`);
    }
    this.lastAt = now;
  }

  /** Shows at once why nothing will be shown for some seconds. */
  tell(text: string): void {
    const now = Date.now();
    if (!this.terminal.canUpdate && now - this.toldAt < LINE_MS) return;
    this.toldAt = now;
    this.lastAt = Number.NEGATIVE_INFINITY;
    this.show(text);
  }

  end(): void {
    this.terminal.clearStatus();
  }
}

export function planProgress(progress: Progress): (event: PlanEvent) => void {
  return (event) => {
    if (event.type === "read") {
      progress.show(`Reading: ${count(event.rows, "row")} of ${count(event.customers, "customer")} so far …`);
    } else {
      progress.show(`Reading ${count(event.customers, "customer")} closely …`);
    }
  };
}

export function importProgress(progress: Progress): (event: PlanEvent | FullReadEvent) => void {
  const reading = planProgress(progress);
  return (event) => {
    if (event.type !== "read-in-full") return reading(event);
    progress.show(`Reading closely: ${units(event.done)} of ${count(event.customers, "customer")} …`);
  };
}

export function doctorProgress(progress: Progress): (event: ExamineEvent) => void {
  return ({ type, done, total }) => {
    progress.show(
      type === "tried"
        ? `Trying: ${units(done)} of ${count(total, "fact")} …`
        : `Removing what was made: ${units(done)} of ${units(total)} …`,
    );
  };
}

export function applyProgress(progress: Progress, total: number): (event: ApplyEvent) => void {
  let sent = 0;
  let failed = 0;
  let verified = 0;
  let isVerifying = false;
  return (event) => {
    if (event.type === "waiting") {
      const seconds = Math.ceil(event.ms / 1000);
      progress.tell(
        `Waiting ${count(seconds, "second")} for customer ${brief(event.customerId)}, whom another run may be at work on …`,
      );
      return;
    }
    if (event.type === "sent") sent++;
    if (event.type === "verifying") isVerifying = true;
    if (event.type === "finished") {
      if (event.result === "converged") verified++;
      else failed++;
    }
    const failures = failed === 0 ? "" : `, ${units(failed)} not done`;
    progress.show(
      isVerifying
        ? `Reading back: ${units(verified)} of ${count(sent, "change")} seen${failures} …`
        : `Applying: ${units(sent)} of ${count(total, "change")} sent${failures} …`,
    );
  };
}
