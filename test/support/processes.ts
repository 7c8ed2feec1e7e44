// The processes of a run of tests, recognised by the temporary folder in their environment, and whether one is running.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** @returns number and command line of each, except this process; none where there is no /proc */
export function processesWith(folder: string): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const environment = contentOf(`/proc/${pid}/environ`).split("\0");
      if (!environment.includes(`TMPDIR=${folder}`)) return [];
      return [`${pid} ${contentOf(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim()}`];
    });
}

/** Whether a process is running. A zombie, which has ended and waits for its parent, is not. */
export function isRunning(pid: number): boolean {
  if (process.platform === "linux") return !/^$|\) Z /.test(contentOf(`/proc/${pid}/stat`));
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The content of a file; empty for a process that has ended meanwhile or is somebody else's. */
function contentOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** The processes that a process has started: of a terraform, its providers. */
export function childrenOf(pid: number): number[] {
  if (process.platform !== "linux") {
    return execFileSync("pgrep", ["-P", String(pid)], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map(Number);
  }
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => {
      try {
        const stat = readFileSync(`/proc/${child}/stat`, "utf8");
        return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === pid;
      } catch {
        return false;
      }
    });
}
