// Where output goes. Results to stdout, everything else to stderr; never the secret key, never a colour that
// was not asked for, and no complaint when a reader such as `head` has seen enough.
import { redact } from "../autumn/index.ts";
import { type Problem, ProblemsError } from "../schema/index.ts";

export const LOG_LEVELS = ["silent", "error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What every verb with a result can print it as. */
export const FORMATS = ["text", "json"] as const;
/** For plans, which are read in pull requests as well. */
export const PLAN_FORMATS = [...FORMATS, "markdown", "html"] as const;
/** For what is wrong in files, which CI systems show at their lines. */
export const VALIDATE_FORMATS = [...FORMATS, "github", "gitlab", "sarif", "junit"] as const;
/** For what is looked through in spreadsheets. */
export const HISTORY_FORMATS = [...FORMATS, "csv"] as const;
/** For what is pasted into tickets. */
export const EXPLAIN_FORMATS = [...FORMATS, "markdown"] as const;
/** For what is put into calendars and looked at as a chart. */
export const FORECAST_FORMATS = [...HISTORY_FORMATS, "ics", "html"] as const;
export type Format =
  | (typeof FORECAST_FORMATS)[number]
  | (typeof PLAN_FORMATS)[number]
  | (typeof VALIDATE_FORMATS)[number]
  | (typeof HISTORY_FORMATS)[number];

export interface OutputOptions {
  /** False with --no-color. */
  readonly color?: boolean;
  readonly logLevel?: LogLevel;
  readonly format?: Format;
}

/** Secret keys look like this; one that strayed into an argument is hidden as well. The emulator's is known to all. */
const ANY_KEY = /\bam_sk_(?:live|test)_(?!emulator\b)\w+/g;

/** Repeated here, because the emulator is not loaded with every command. */
const EMULATOR_KEY = "am_sk_test_emulator";

/** What has to be kept out of outputs. The emulator's key opens nothing, and its --help shows it. */
function secretOf(key = ""): string {
  const secret = key.trim();
  return secret === EMULATOR_KEY ? "" : secret;
}

const outputLost = (error: unknown): Problem => ({
  code: "output-lost",
  message: `the output cannot be written: ${(error as Error).message}`,
  hint: "make room, or have it written elsewhere; what has been changed by then, the next plan knows",
});

const isOn = (variable: string | undefined): boolean =>
  variable !== undefined && variable !== "" && variable !== "0" && variable !== "false";

export class Terminal {
  format: Format = "text";
  private level: LogLevel = "info";
  private color = true;
  private status = "";
  private revealsKeys = false;
  private readonly secret = secretOf(process.env.AUTUMN_SECRET_KEY);
  private readonly closed = new Set<NodeJS.WriteStream>();

  constructor() {
    for (const stream of [process.stdout, process.stderr]) {
      stream.on("error", (error: NodeJS.ErrnoException) => {
        this.closed.add(stream);
        // The reader is gone, or the log is. The work goes on: stopping half-way would be worse than not being heard. A
        // plan that cannot be printed, as on a full disk, is not applied unread.
        if (error.code === "EPIPE" || stream === process.stderr) return;
        throw new ProblemsError([outputLost(error)], { cause: error });
      });
    }
  }

  configure({ color, logLevel, format }: OutputOptions): void {
    this.color = color ?? this.color;
    this.level = logLevel ?? this.level;
    this.format = format ?? this.format;
  }

  /** For the emulator, whose key is made up and has to be read. */
  revealKeys(): void {
    this.revealsKeys = true;
  }

  /** A person can be asked: there is a keyboard, and a screen to put the question on. */
  get canAsk(): boolean {
    const isTerminal = process.stdin.isTTY === true && process.stderr.isTTY === true;
    return isTerminal && !isOn(process.env.CI) && this.shows("error");
  }

  /** The line at the bottom can be rewritten. */
  get canUpdate(): boolean {
    return process.stderr.isTTY === true && !isOn(process.env.CI) && this.level === "info";
  }

  colours(stream: NodeJS.WriteStream): boolean {
    const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
    if (!this.color || (NO_COLOR !== undefined && NO_COLOR !== "")) return false;
    if (FORCE_COLOR !== undefined) return isOn(FORCE_COLOR);
    return stream.isTTY === true && TERM !== "dumb";
  }

  shows(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) <= LOG_LEVELS.indexOf(this.level);
  }

  /** The result: to stdout, as it is. */
  print(text: string): void {
    this.clearStatus();
    this.write(process.stdout, text);
  }

  /** Anything else: to stderr, when the level is shown. `text` ends with a line break. */
  say(level: Exclude<LogLevel, "silent">, text: string): void {
    if (!this.shows(level)) return;
    this.clearStatus();
    this.write(process.stderr, text);
  }

  /** What is being done, in a line that the next call replaces. Only where `canUpdate`. */
  updateStatus(text: string): void {
    const width = (process.stderr.columns || 80) - 1;
    this.status = Array.from(text).slice(0, width).join("");
    this.write(process.stderr, `\r\u001b[2K${this.status}`);
  }

  clearStatus(): void {
    if (this.status === "") return;
    this.status = "";
    this.write(process.stderr, "\r\u001b[2K");
  }

  /** Whether the text holds a secret key, which would not be written. */
  hides(text: string): boolean {
    return this.withoutKey(text) !== text;
  }

  /** `text`, with every secret key taken out of it. */
  withoutKey(text: string): string {
    if (this.revealsKeys) return text;
    return redact(text, this.secret).replace(ANY_KEY, "[secret key]");
  }

  /** Ends the process once everything written has been passed on. */
  exit(code: number): void {
    this.clearStatus();
    process.exitCode = code;
    process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
    // A reader that takes nothing any more must not keep the process alive.
    setTimeout(() => process.exit(code), 1_000).unref();
  }

  private write(stream: NodeJS.WriteStream, text: string): void {
    if (text === "" || this.closed.has(stream)) return;
    stream.write(this.withoutKey(text));
  }
}
