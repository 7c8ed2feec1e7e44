// A real repository of git with balances files, for tests of a base.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { loadBase, loadConfig } from "../../src/config/index.ts";
import { ProblemsError } from "../../src/schema/index.ts";
import { bare } from "../support/environment.ts";

export const file = (...keys: string[]): string => fileOf({}, ...keys);

/** Entries of one customer, by their ids. */
export const fileOf = (settings: Readonly<Record<string, unknown>>, ...keys: string[]): string =>
  JSON.stringify({
    version: 1,
    namespace: "contracts",
    ...settings,
    balances: keys.map((id) => ({ customer_id: "acme", feature_id: "api_calls", included: 1, id })),
  });

/** What is loaded today, where only that counts. */
export const named = (...files: string[]) => ({ files, namespace: "contracts", environment: null });

export class Repository {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), "autumn-balances-base-")));

  constructor(files: Readonly<Record<string, string>> = {}) {
    onTestFinished(() => rmSync(this.path, { recursive: true, force: true }));
    this.git("init", "-q", "-b", "main");
    this.git("config", "user.email", "someone@example.com");
    this.git("config", "user.name", "Someone");
    this.write(files);
    this.commit();
  }

  git(...args: string[]): string {
    const env = { ...bare(), HOME: this.path, GIT_CONFIG_NOSYSTEM: "1" };
    return execFileSync("git", args, { cwd: this.path, env, encoding: "utf8", stdio: "pipe" }).trim();
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.path, name)), { recursive: true });
      writeFileSync(join(this.path, name), text);
    }
  }

  commit(): string {
    this.git("add", "--all");
    this.git("commit", "-q", "--allow-empty", "-m", "a step");
    return this.git("rev-parse", "HEAD");
  }

  /** The base as `plan` would load it. */
  async base(given: string, paths: readonly string[] = [], folder = ".") {
    const cwd = join(this.path, folder);
    return loadBase(given, paths, { cwd, now: await loadConfig(paths, { cwd }) });
  }

  async keys(given: string, paths: readonly string[] = [], folder = "."): Promise<string[] | undefined> {
    const { config, warnings } = await this.base(given, paths, folder);
    expect(warnings).toEqual([]);
    return config?.balances.map(({ key }) => key).sort();
  }
}

/** The first thing that is wrong. */
export async function problemOf(loading: Promise<unknown>) {
  const error = await loading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProblemsError)) throw new Error(`no problem, but ${error}`);
  return error.problems[0];
}
