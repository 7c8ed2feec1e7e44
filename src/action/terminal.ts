// The log of a step. Everything goes to one stream, so that the order is kept, and nobody is at a keyboard.
import { type LogLevel, Terminal } from "../app/index.ts";

export class StepLog extends Terminal {
  override get canAsk(): boolean {
    return false;
  }

  override get canUpdate(): boolean {
    return false;
  }

  override say(level: Exclude<LogLevel, "silent">, text: string): void {
    if (this.shows(level)) this.print(text);
  }
}
