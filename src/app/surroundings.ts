// Looks at the machine for `doctor --offline`: files, their permissions, the environment. Makes no call.
import { X509Certificate } from "node:crypto";
import { constants } from "node:fs";
import { access, readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { findFiles, loadConfig } from "../config/index.ts";
import type { FileAccess, FilesRead, Surroundings } from "../doctor/index.ts";
import { ProblemsError } from "../schema/index.ts";
import type { DoctorOptions } from "./options.ts";
import { VERSION } from "./version.ts";

/** The bit that lets everybody write. */
const OTHERS_WRITE = 0o002;
const CERTIFICATE =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

export async function lookAround(paths: readonly string[], options: DoctorOptions): Promise<Surroundings> {
  const cwd = process.cwd();
  const found = findFiles(paths, cwd).files;
  const { files, beside } = await readFiles(paths);
  const all = [...found, ...beside.map((name) => ({ name, path: resolve(cwd, name) }))];
  return {
    toolVersion: VERSION,
    nodeVersion: process.versions.node,
    env: process.env,
    baseUrl: options.baseUrl,
    allowHttp: options.allowHttp === true,
    files,
    access: await Promise.all(all.map(({ name, path }) => accessTo(name, path))),
    folder: { path: cwd, isWritable: await allows(cwd, constants.W_OK), isOpenToAll: await isOpenToAll(cwd) },
    certificates: await certificatesIn(process.env.NODE_EXTRA_CA_CERTS),
    stdoutIsTerminal: process.stdout.isTTY === true,
    stdinIsTerminal: process.stdin.isTTY === true,
  };
}

/** What the files say, and the names of the CSV files that they take customers from, who are granted something. */
async function readFiles(
  paths: readonly string[],
): Promise<{ readonly files: FilesRead; readonly beside: readonly string[] }> {
  try {
    const config = await loadConfig(paths, { withQueries: true });
    const { files: named, namespace, environment, balances, declaredGroups = [] } = config;
    const beside = [...new Set(declaredGroups.flatMap(({ csv }) => csv ?? []))];
    const customers = new Set(balances.map(({ customerId }) => customerId)).size;
    const files = [...named, ...beside];
    return { files: { files, namespace, environment, balances: balances.length, customers }, beside };
  } catch (error) {
    if (error instanceof ProblemsError) return { files: { problems: error.problems }, beside: [] };
    throw error;
  }
}

async function accessTo(name: string, path: string): Promise<FileAccess> {
  return {
    path: name,
    isReadable: await allows(path, constants.R_OK),
    isOpenToAll: await isOpenToAll(path),
  };
}

const allows = (path: string, mode: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );

/** Windows has no such bits. */
async function isOpenToAll(path: string): Promise<boolean> {
  if (process.platform === "win32") return false;
  return stat(path).then(
    ({ mode }) => (mode & OTHERS_WRITE) !== 0,
    () => false,
  );
}

async function certificatesIn(path: string | undefined): Promise<Surroundings["certificates"]> {
  if (path === undefined || path === "") return null;
  try {
    const text = await readFile(path, "utf8");
    const blocks = text.match(CERTIFICATE) ?? [];
    for (const block of blocks) new X509Certificate(block);
    return { count: blocks.length };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
