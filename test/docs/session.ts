// Runs the commands of a document one after the other, as a reader would type them, in a folder that looks like
// a clone: `autumn-balances` is what was built, `examples` are there, and what one command exports or changes
// into holds for the next.
import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { DEFAULT_KEY, DEFAULT_PORT } from "../../src/emulator/index.ts";
import { commands } from "./markdown.ts";

export const ROOT = resolve(import.meta.dirname, "../..");

export interface Ended {
  readonly code: number;
  /** stdout and stderr as they came. */
  readonly output: string;
}

/** What the programs of the documents import, besides the package itself. */
const LIBRARIES = ["cdktf", "cdktn", "constructs", "@types"];
/** Commands that do not end by themselves. */
const STAYS = /^npx autumn-balances emulator\b(?!.*--help)/;
/** What a document writes for a key of one's own. */
const ANY_KEY = "am_sk_test_…";

export class Session {
  readonly folder = mkdtempSync(join(tmpdir(), "autumn-balances-docs-"));
  private readonly state = mkdtempSync(join(tmpdir(), "autumn-balances-docs-state-"));
  private readonly running: ChildProcess[] = [];

  private constructor(private readonly port: number) {
    const modules = join(this.folder, "node_modules");
    mkdirSync(join(modules, ".bin"), { recursive: true });
    symlinkSync(ROOT, join(modules, "autumn-balances"));
    symlinkSync(join(ROOT, "dist/cli.js"), join(modules, ".bin/autumn-balances"));
    for (const name of LIBRARIES) symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
    for (const name of ["cdktf", "tsx"]) {
      symlinkSync(join(ROOT, "node_modules/.bin", name), join(modules, ".bin", name));
    }
    for (const name of ["examples", "dist", "schema", "cdktf.json"]) {
      symlinkSync(join(ROOT, name), join(this.folder, name));
    }
    writeFileSync(join(this.folder, "package.json"), '{ "private": true, "type": "module" }\n');
  }

  static async start(): Promise<Session> {
    return new Session(await freePort());
  }

  /** Runs the text of a block. Whatever address it thinks of, it only ever reaches an emulator here. */
  async run(text: string): Promise<Ended> {
    const there = this.here(text);
    if (STAYS.test(there)) return this.stay(there);
    const script = `
      exec 2>&1
      cd "$(cat "$STATE/folder" 2>/dev/null || echo "$FOLDER")"
      [ -e "$STATE/exports" ] && . "$STATE/exports"
      trap 'code=$?; pwd > "$STATE/folder"; export -p > "$STATE/exports"; exit $code' EXIT
      # npx finds the same program, half a second later.
      npx() { "$@"; }
      set -euo pipefail
      ${there}
    `;
    const child = this.spawn(script);
    return collected(child);
  }

  /** Runs a `console` block; returns it with the output that there is now, where it differs. */
  async refreshed(consoleText: string): Promise<string> {
    let fresh = "";
    for (const { command, output } of commands(consoleText)) {
      const ended = await this.run(command);
      if (ended.code !== 0) throw new Error(`"${command}" ended with ${ended.code}:\n${ended.output}`);
      const now = this.asWritten(ended.output);
      fresh += `$ ${command}\n${isShownBy(output, now) ? output : likewise(output, now)}`;
    }
    return fresh;
  }

  /** The folder that the commands so far have led to. */
  get cwd(): string {
    const remembered = join(this.state, "folder");
    return existsSync(remembered) ? readFileSync(remembered, "utf8").trim() : this.folder;
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.cwd, file)), { recursive: true });
    writeFileSync(join(this.cwd, file), text);
  }

  end(): void {
    for (const child of this.running) child.kill();
    for (const folder of [this.folder, this.state]) rmSync(folder, { recursive: true, force: true });
  }

  private spawn(script: string): ChildProcess {
    return spawn("bash", ["-c", script], {
      cwd: this.folder,
      env: {
        PATH: `${join(this.folder, "node_modules/.bin")}:${process.env.PATH}`,
        HOME: this.folder,
        TMPDIR: tmpdir(),
        AUTUMN_BASE_URL: `http://127.0.0.1:${this.port}`,
        AUTUMN_SECRET_KEY: DEFAULT_KEY,
        STATE: this.state,
        FOLDER: this.folder,
        TF_CLI_ARGS: "-no-color",
        CHECKPOINT_DISABLE: "1",
        DISABLE_VERSION_CHECK: "1",
        FORCE_COLOR: "0",
        CI: "1",
        GIT_AUTHOR_NAME: "Author",
        GIT_AUTHOR_EMAIL: "author@example.com",
        GIT_COMMITTER_NAME: "Author",
        GIT_COMMITTER_EMAIL: "author@example.com",
        GIT_CONFIG_GLOBAL: "/dev/null",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Starts what stays, in place of what has stayed so far. */
  private async stay(command: string): Promise<Ended> {
    await Promise.all(
      this.running.splice(0).map((child) => {
        if (child.exitCode !== null) return undefined;
        const closed = new Promise((done) => child.once("close", done));
        child.kill();
        return closed;
      }),
    );
    const child = this.spawn(
      `exec ${command.replace("npx autumn-balances emulator", `autumn-balances emulator --port ${this.port}`)}`,
    );
    this.running.push(child);
    return collected(child, "^C stops it.\n");
  }

  private here(text: string): string {
    return text
      .replaceAll(`127.0.0.1:${DEFAULT_PORT}`, `127.0.0.1:${this.port}`)
      .replaceAll(ANY_KEY, DEFAULT_KEY)
      .replaceAll(/^npm run /gm, `npm --prefix ${ROOT} run `);
  }

  private asWritten(text: string): string {
    const written = text.replaceAll(`127.0.0.1:${this.port}`, `127.0.0.1:${DEFAULT_PORT}`);
    return written === "" || written.endsWith("\n") ? written : `${written}\n`;
  }
}

function collected(child: ChildProcess, until?: string): Promise<Ended> {
  return new Promise((resolve) => {
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (until !== undefined && output.endsWith(until)) resolve({ code: 0, output });
      });
    }
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Stands for any lines in a documented output. */
const ANY_LINES = "…";

/** A line without what differs from run to run, or tells of the engine's inside. */
function steady(line: string): string {
  return (
    line
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, "MOMENT")
      .replaceAll(/127\.0\.0\.1:\d+/g, "ADDRESS")
      .replaceAll(/\([0-9a-f]{7}\)/g, "(COMMIT)")
      .replaceAll(/ in [0-9a-f]{7}, MOMENT/g, " in COMMIT, MOMENT")
      .replaceAll(/\bcus_ent_\w+/g, "ROW")
      // The CDKTF CLI names the stack at the start of what it prints at once, which is a matter of luck.
      .replaceAll(/^(?:balances {2}| {10})(?=\S)/gm, "")
      .replaceAll(/at least [\d,]+ API calls? and .*/g, "at least N API calls")
  );
}

/** Whether an output is as documented. */
function isShownBy(documented: string, output: string): boolean {
  const pattern = documented
    .split(/^…\n/m)
    .map((part) => steady(part).replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("(?:.*\\n)*?");
  return new RegExp(`^${pattern}$`).test(steady(output));
}

/** An output, shown as far as it was documented before: each part by the lines that are most like it. */
function likewise(documented: string, output: string): string {
  if (!documented.includes(`${ANY_LINES}\n`)) return output;
  const lines = output.split("\n").slice(0, -1);
  const shown: string[] = [];
  let from = 0;
  for (const part of documented.split(/^…\n/m)) {
    if (shown.length > 0 || part === "") shown.push(ANY_LINES);
    const wanted = part.split("\n").slice(0, -1);
    if (wanted.length === 0) continue;
    const likeness = (at: number): number =>
      wanted.filter((line, i) => steady(line) === steady(lines[at + i] ?? "")).length;
    let best = from;
    for (let at = from; at + wanted.length <= lines.length; at++) {
      if (likeness(at) > likeness(best)) best = at;
    }
    shown.push(...lines.slice(best, best + wanted.length));
    from = best + wanted.length;
  }
  return `${shown.filter((line, i) => line !== ANY_LINES || shown[i - 1] !== ANY_LINES).join("\n")}\n`;
}

/** A port below those that the system gives to who asks for any, as it is bound only later. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 12_000);
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.on("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
