// What has happened in a storm that goes by real time, and so cannot be repeated: each line with the time since it
// began. A failure tells all of it.
export class Trace {
  private readonly lines: string[] = [];
  private readonly began = Date.now();

  constructor(private readonly name: string) {}

  add(line: string): void {
    const ms = String(Date.now() - this.began).padStart(6);
    this.lines.push(`${ms} ms  ${line}`);
  }

  /** Runs it. What it throws has the trace as well. */
  async explain(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Error) error.message = `${this.name}: ${error.message}\n${this.lines.join("\n")}`;
      throw error;
    }
  }
}
