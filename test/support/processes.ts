// Processes of the run, which are told by the temporary folder in their environment, and whether one goes on.
import { readdirSync, readFileSync } from "node:fs";

/** @returns number and command line of each, but for this process; none where there is no /proc to ask */
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

/** Whether a process goes on; not one that has ended, and that only its parent has not heard of. */
export function isRunning(pid: number): boolean {
  if (process.platform === "linux") return !/^$|\) Z /.test(contentOf(`/proc/${pid}/stat`));
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Nothing of a process that has ended meanwhile, or is somebody else's. */
function contentOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
