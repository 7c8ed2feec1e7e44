// A repository with the balances that a manifest for CI applies, and the account that they are applied to.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, type TestContext } from "vitest";
import { type EmulatorOptions, type RunningEmulator, startEmulator } from "../../src/emulator/index.ts";
import type { Job } from "./manifests.ts";

const CLI = resolve(import.meta.dirname, "../../dist/cli.js");
/** Few, as all of it keeps the pace of production; each of four shards has one. */
export const CUSTOMERS = Array.from({ length: 6 }, (_, n) => `customer_${n}`);

export const declared = (included: number): string =>
  JSON.stringify({
    version: 1,
    namespace: "ci",
    balances: CUSTOMERS.map((customer_id) => ({ customer_id, feature_id: "api_calls", included })),
  });

/** A repository with balances, and an account in which none of them is granted yet. */
export class Site {
  private readonly folder = mkdtempSync(join(tmpdir(), "autumn-balances-ci-"));
  readonly repository = join(this.folder, "repository");

  private constructor(readonly autumn: RunningEmulator) {
    mkdirSync(join(this.repository, "balances"), { recursive: true });
    this.install("autumn-balances", `exec "${process.execPath}" "${CLI}" "$@"`);
    this.install("npx", '"$@"');
    // What is installed is what was built.
    this.install("npm", '[ "$*" = ci ]');
    this.write("balances/balances.json", declared(100));
  }

  static async begin(
    { onTestFinished }: Pick<TestContext, "onTestFinished">,
    options: EmulatorOptions = {},
  ): Promise<Site> {
    const autumn = await startEmulator({
      port: 0,
      seed: {
        features: [{ id: "api_calls", type: "metered", consumable: true }],
        customers: CUSTOMERS.map((id) => ({ id })),
      },
      ...options,
    });
    const site = new Site(autumn);
    onTestFinished(async () => {
      await autumn.close();
      rmSync(site.folder, { recursive: true, force: true });
    });
    return site;
  }

  private install(program: string, body: string): void {
    writeFileSync(join(this.folder, program), `#!/bin/sh\n${body}\n`);
    chmodSync(join(this.folder, program), 0o755);
  }

  write(file: string, content: string): void {
    writeFileSync(join(this.repository, file), content);
  }

  read(file: string): string {
    return readFileSync(join(this.repository, file), "utf8");
  }

  run(script: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.start({ name: "script", script, env }).ended;
  }

  runJob(job: Job | undefined): Promise<Ended> {
    if (job === undefined) throw new Error("there is no such job");
    return this.start(job).ended;
  }

  /** Runs it, without waiting for it. */
  start({ shell = "bash", script, env }: Job): {
    readonly child: ChildProcess;
    readonly ended: Promise<Ended>;
  } {
    const child = spawn(shell, [...script], {
      cwd: this.repository,
      env: {
        PATH: `${this.folder}:${process.env.PATH}`,
        TMPDIR: tmpdir(),
        CI: "true",
        AUTUMN_BASE_URL: this.autumn.url,
        AUTUMN_SECRET_KEY: this.autumn.key,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (part: string) => {
        output += part;
      });
    }
    const ended = new Promise<Ended>((done) => child.once("close", (code) => done({ code, output })));
    return { child, ended };
  }

  /** Runs them at the same time. */
  async expectAll(jobs: readonly Job[]): Promise<void> {
    const ended = await Promise.all(jobs.map((job) => this.runJob(job)));
    for (const { code, output } of ended) expect(code, output).toBe(0);
  }

  plan(): Promise<Ended> {
    return this.run(["-c", "autumn-balances plan balances --detailed-exitcode"]);
  }

  async expectApplied(count = CUSTOMERS.length): Promise<void> {
    const { code, output } = await this.plan();
    expect(code, output).toBe(0);
    expect(output).toContain(`${count} balances are as declared`);
  }

  /** Somebody edits a grant in the dashboard. */
  async bend(): Promise<void> {
    const answer = await this.autumn.fetch(`${this.autumn.url}/v1/balances.update`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.autumn.key}`, "content-type": "application/json" },
      body: JSON.stringify({
        customer_id: "customer_3",
        feature_id: "api_calls",
        balance_id: "ci:api_calls",
        included_grant: 70,
      }),
    });
    expect(answer.status).toBe(200);
  }

  git(...args: string[]): string {
    return execFileSync("git", ["-c", "user.name=ci", "-c", "user.email=ci@example.com", ...args], {
      cwd: this.repository,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  }
}

export interface Ended {
  /** `null` when it was killed. */
  readonly code: number | null;
  readonly output: string;
}
