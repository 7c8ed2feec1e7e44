// Filesystem mirrors: folders in which Terraform finds providers without asking a registry.
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { ADDRESS, executableName, type ProviderBundle, type ProviderFile } from "./bundle.ts";

export interface Installed {
  /** `replaced`: there was another file of the same version. */
  readonly outcome: "installed" | "replaced" | "unchanged";
  /** The executable. */
  readonly path: string;
}

/** Where Terraform looks by default, for the user who runs it. */
export const userMirror = (): string => join(homedir(), ".terraform.d", "plugins");

/** Where Terraform looks by default when it is run in the current folder. */
export const folderMirror = (): string => resolve("terraform.d", "plugins");

/**
 * Puts the provider into a mirror. Whenever it is interrupted, each file is either as before or complete; a provider
 * that is running goes on with the file it was started from.
 */
export async function installInto(
  mirror: string,
  { version, files }: ProviderBundle,
  platform: string,
): Promise<Installed> {
  const folder = join(mirror, ADDRESS, version, platform);
  const outcomes: Installed["outcome"][] = [];
  for (const file of files) outcomes.push(await put(file, folder));
  const outcome = (["replaced", "installed"] as const).find((one) => outcomes.includes(one)) ?? "unchanged";
  return { outcome, path: join(folder, executableName(version)) };
}

async function put({ name, bytes, mode }: ProviderFile, folder: string): Promise<Installed["outcome"]> {
  const path = join(folder, name);
  const before = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  const isSame = before !== undefined && Buffer.compare(before, bytes) === 0;
  if (isSame && ((await stat(path)).mode & mode & 0o111) === (mode & 0o111)) return "unchanged";
  await mkdir(folder, { recursive: true });
  // Not beside the executable: checksums in lock files cover everything in its folder.
  const unfinished = join(dirname(dirname(folder)), `.${basename(folder)}-${name}.${process.pid}`);
  try {
    await writeFile(unfinished, bytes);
    await chmod(unfinished, mode);
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
  return before === undefined || isSame ? "installed" : "replaced";
}

/** A CLI configuration that makes Terraform look into a mirror for this provider, and for no other. */
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
