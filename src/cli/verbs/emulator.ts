// `autumn-balances emulator`: a local Autumn, until ^C.
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { type EmulatorVerbOptions, EXIT, type ExitCode, type Terminal } from "../../app/index.ts";
import { checkedBaseUrl, checkedSecretKey, codeWithoutAnswer } from "../../autumn/index.ts";
import {
  type EmulatorOptions,
  type RunningEmulator,
  SeedError,
  StateFileError,
  startEmulator,
} from "../../emulator/index.ts";
import { type Problem, ProblemsError } from "../../schema/index.ts";
import { inShell, visible } from "../../text/index.ts";

export async function runEmulator(options: EmulatorVerbOptions, terminal: Terminal): Promise<ExitCode> {
  const { port, host, key, level, limits, latency, asyncUpdates, resetJob, unknownFields, state, seed } =
    options;
  const running = await start({
    port,
    host,
    // The output tells the user to export this key, so it has to be one that the command line accepts.
    key: checkedSecretKey(key, "--key"),
    level,
    limits,
    latencyMs: latency,
    asyncUpdatesMs: asyncUpdates,
    resetJob,
    unknownFields,
    stateFile: state,
    ...(seed === undefined ? {} : { seed: await readSeed(seed) }),
  });
  // A free port is never a blocked one.
  if (port !== 0) await refuseBlockedPort(running);
  // Before the output says that ^C stops it.
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  terminal.revealKeys();
  terminal.print(`A local Autumn listens at ${running.url} (behaviour of ${running.level}). In another terminal:

  export AUTUMN_BASE_URL=${running.url}
  export AUTUMN_SECRET_KEY=${asWord(running.key)}
  autumn-balances plan${isReachedByDefault(running.url) ? "" : " --allow-http"}

^C stops it.
`);
  await stopped;
  try {
    await running.close();
  } catch (error) {
    if (!(error instanceof StateFileError)) throw error;
    throw problem("state-file", `the ${error.message}`, "what has happened in it is lost", error);
  }
  return EXIT.ok;
}

/** The key as a shell takes it: in quotes only if it needs them. */
function asWord(key: string): string {
  const shown = visible(key);
  return /^[\w.:@-]+$/.test(shown) ? shown : inShell(shown);
}

/** `fetch` refuses the ports of some other protocols, so no JavaScript program would reach the emulator there. */
async function refuseBlockedPort(running: RunningEmulator): Promise<void> {
  try {
    await fetch(running.url);
  } catch (error) {
    if (codeWithoutAnswer(error) !== "blocked_port") return;
    await running.close();
    const message = `${running.url} is reached by no program in JavaScript: its port is another protocol's`;
    throw problem("blocked-port", message, "--port 0 picks a free one", error);
  }
}

/** Whether the command line accepts the address without further options. */
function isReachedByDefault(url: string): boolean {
  try {
    checkedBaseUrl(url);
    return true;
  } catch {
    return false;
  }
}

async function readSeed(path: string): Promise<NonNullable<EmulatorOptions["seed"]>> {
  try {
    return parse(await readFile(path, "utf8")) ?? {};
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // A YAML error shows the lines around it below its first line.
    const message = `the seed ${path} cannot be read: ${reason.split("\n")[0]?.replace(/:$/, "")}`;
    throw problem("bad-seed", message, "it is YAML with `features:` and `customers:`", error);
  }
}

const ADDRESS = "--host takes an address of this machine, such as 127.0.0.1, ::1 or 0.0.0.0";
const HINTS: Readonly<Record<string, string>> = {
  ENOTFOUND: ADDRESS,
  EADDRNOTAVAIL: ADDRESS,
  EACCES: "--port takes one from 1024 on, or 0 for a free one",
};

async function start(options: EmulatorOptions): Promise<RunningEmulator> {
  try {
    return await startEmulator(options);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof StateFileError)
      throw problem(
        "state-file",
        `the ${message}`,
        "--state takes a file that can be read and written",
        error,
      );
    if (error instanceof SeedError) throw problem("bad-seed", message, "correct the seed", error);
    if (code === "EADDRINUSE") {
      throw problem("port-taken", `port ${options.port} is taken`, "--port 0 picks a free one", error);
    }
    throw problem("emulator", `the emulator cannot start: ${message}`, HINTS[code ?? ""], error);
  }
}

function problem(code: string, message: string, hint: string | undefined, cause: unknown): ProblemsError {
  const what: Problem = { code, message, ...(hint === undefined ? {} : { hint }) };
  return new ProblemsError([what], { cause });
}
