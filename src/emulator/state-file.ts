// Keeps the emulator's state in a file: written to another file and renamed, so that it is never incomplete.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { readSnapshot, type Snapshot } from "./snapshot.ts";

/** The state file cannot be read or written. */
export class StateFileError extends Error {
  override readonly name = "StateFileError";
}

/** Changes within this many ms are written together. */
const SETTLE_MS = 50;

export class StateFile {
  readonly #path: string;
  readonly #snapshot: () => Snapshot;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> | null = null;
  #dirty = false;
  #isClosed = false;
  #lastWriteMs = 0;

  constructor(path: string, snapshot: () => Snapshot) {
    this.#path = path;
    this.#snapshot = snapshot;
  }

  /** The state in the file, or undefined when there is none. @throws StateFileError when it is broken. */
  read(): Snapshot | undefined {
    if (!existsSync(this.#path)) return undefined;
    try {
      return readSnapshot(JSON.parse(readFileSync(this.#path, "utf8")));
    } catch (cause) {
      throw this.#impossible("read", cause);
    }
  }

  /** Makes sure that the file can be written, before there is a state to lose. @throws StateFileError */
  check(): void {
    try {
      writeFileSync(this.#neighbour(), "");
      rmSync(this.#neighbour());
    } catch (cause) {
      throw this.#impossible("written", cause);
    }
  }

  /** Writes soon. A large state is written less often, so that writing takes a small part of the time. */
  schedule(): void {
    if (this.#isClosed) return;
    this.#dirty = true;
    if (this.#timer || this.#writing) return;
    this.#timer = setTimeout(() => this.#write(), Math.max(SETTLE_MS, this.#lastWriteMs * 5));
    this.#timer.unref();
  }

  /**
   * Writes what has not been written yet, at once, and nothing after that: the file may be another's by then.
   * @throws StateFileError
   */
  async close(): Promise<void> {
    // What changed while it was written is scheduled when that ends.
    await this.#writing;
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#dirty) return;
    this.#dirty = false;
    try {
      writeFileSync(this.#neighbour(), JSON.stringify(this.#snapshot()));
      renameSync(this.#neighbour(), this.#path);
    } catch (cause) {
      throw this.#impossible("written", cause);
    }
  }

  #impossible(what: "read" | "written", cause: unknown): StateFileError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new StateFileError(`state file ${this.#path} cannot be ${what}: ${reason}`, { cause });
  }

  #write(): void {
    this.#timer = null;
    this.#dirty = false;
    const start = performance.now();
    const text = JSON.stringify(this.#snapshot());
    this.#writing = writeFile(this.#neighbour(), text)
      .then(() => rename(this.#neighbour(), this.#path))
      .then(
        () => this.#written(start),
        // Tried again with the next change, and on close, where the error is thrown
        () => {
          this.#writing = null;
          this.#dirty = true;
        },
      );
  }

  #written(start: number): void {
    this.#lastWriteMs = performance.now() - start;
    this.#writing = null;
    if (this.#dirty) this.schedule();
  }

  #neighbour(): string {
    return `${this.#path}.${process.pid}.tmp`;
  }
}
