// Filesystem mirrors: folders in which Terraform finds providers without asking anybody.
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { ADDRESS, executableName, type ProviderBundle } from "./provider-bundle.ts";

export interface Installed {
  /** `replaced`: there was another file of the same version. */
  readonly outcome: "installed" | "replaced" | "unchanged";
  /** The executable. */
  readonly path: string;
}

/** Where Terraform looks by itself for whoever runs it. */
export const userMirror = (): string => join(homedir(), ".terraform.d", "plugins");

/** Where Terraform looks by itself when it is run in the current folder. */
export const folderMirror = (): string => resolve("terraform.d", "plugins");

/**
 * Puts the provider into a mirror. Whenever it is interrupted, the executable is either as before or complete; a
 * provider that is running goes on with the file it was started from.
 */
export async function installInto(
  mirror: string,
  { version, bytes }: ProviderBundle,
  platform: string,
): Promise<Installed> {
  const folder = join(mirror, ADDRESS, version, platform);
  const path = join(folder, executableName(version));
  const before = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  const isSame = before !== undefined && Buffer.compare(before, bytes) === 0;
  if (isSame && (await isExecutable(path))) return { outcome: "unchanged", path };
  await mkdir(folder, { recursive: true });
  // Not beside the executable: checksums in lock files are of everything in its folder.
  const unfinished = join(dirname(dirname(folder)), `.${executableName(version)}.${platform}.${process.pid}`);
  try {
    await writeFile(unfinished, bytes);
    await chmod(unfinished, 0o755);
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
  return { outcome: before === undefined || isSame ? "installed" : "replaced", path };
}

const isExecutable = async (path: string): Promise<boolean> => ((await stat(path)).mode & 0o111) === 0o111;

/** What Terraform's CLI configuration has to say for it to look into a mirror, and for nothing else there. */
export function cliConfiguration(mirror: string): string {
  return `provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(mirror)}
    include = ["${ADDRESS}"]
  }
  direct {
    exclude = ["${ADDRESS}"]
  }
}
`;
}
