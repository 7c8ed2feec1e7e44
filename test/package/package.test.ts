// The package as users get it: packed from a copy of the tree, installed into an empty project, imported,
// type-checked and run there. The copy keeps dist/ of the tree as the other tests need it.
import { execFile, execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { has } from "../support/has.ts";
import { NODES, nodeExecutable } from "../support/nodes.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };

/** Runs a line in a shell, without what the running tests have set for npm. */
async function shell(line: string, cwd: string): Promise<string> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|AUTUMN_|VITEST)/.test(name)),
  );
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", line], {
    cwd,
    env,
    maxBuffer: 1e8,
  });
  return stdout;
}

/** Every file that belongs to the project, committed or about to be. */
function projectFiles(): string[] {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  return execFileSync("git", args, { cwd: ROOT, encoding: "utf8" })
    .split("\0")
    .filter((path) => path !== "" && !path.startsWith("node_modules"));
}

describe.skipIf(!has("bash", "git"))("the package", () => {
  const folder = mkdtempSync(join(tmpdir(), "autumn-balances-package-"));
  const clone = join(folder, "autumn-balances");
  const project = join(folder, "project");
  let contents: string[] = [];

  beforeAll(async () => {
    for (const path of projectFiles()) {
      mkdirSync(join(clone, dirname(path)), { recursive: true });
      cpSync(join(ROOT, path), join(clone, path), { force: true });
    }
    symlinkSync(join(ROOT, "node_modules"), join(clone, "node_modules"));
    mkdirSync(project);
    writeFileSync(
      join(project, "package.json"),
      '{ "name": "project", "private": true, "type": "module" }\n',
    );
    // As the README says it.
    await shell("npm pack", clone);
    await shell("npm install --save-dev ../autumn-balances/autumn-balances-*.tgz", project);
    const installed = join(project, "node_modules/autumn-balances");
    contents = readdirSync(installed, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("has what users need", () => {
    expect(contents).toEqual(
      expect.arrayContaining([
        ...["package.json", "README.md", "LICENSE", "CHANGELOG.md", "docs/concepts.md", "docs/emulator.md"],
        ...["dist/cli.js", "dist/index.js", "dist/emulator.js"],
        ...["dist/types/index.d.ts", "dist/types/emulator/index.d.ts"],
        ...["dist/cdktf/index.js", "dist/cdktf/types/cdktf/index.d.ts"],
        ...["dist/cdktn/index.js", "dist/cdktn/types/cdktf/index.d.ts"],
        ...["schema/balances.schema.json", "schema/plan.schema.json", "schema/history.schema.json"],
        ...["schema/explain.schema.json", "schema/forecast.schema.json"],
      ]),
    );
  });

  it("has nothing else", () => {
    const allowed =
      /^(?:(?:package\.json|README\.md|LICENSE|CHANGELOG\.md)$|docs\/(?:provider\/(?:[\w-]+\/)?)?[\w-]+\.md$|schema\/[\w-]+\.schema\.json$|dist\/)/;
    expect(contents.filter((path) => !allowed.test(path))).toEqual([]);
    // GitHub has the action from the tag of a release, and nobody from the package.
    expect(contents.filter((path) => path.startsWith("dist/action/"))).toEqual([]);
    const inDist = contents.filter((path) => path.startsWith("dist/"));
    // A program for Terraform to start stands beside the modules; it and the constructs are CommonJS.
    const built =
      /\.(?:js|js\.map|d\.ts)$|^dist\/(?:provider|cdktf|cdktn)\/package\.json$|^dist\/provider\/terraform-provider-autumn$/;
    expect(inDist.filter((path) => !built.test(path))).toEqual([]);
    expect(inDist.filter((path) => /(?:^|\/)test\/|\.test\./.test(path))).toEqual([]);
  });

  it("holds no secret and no path of the machine it was built on", () => {
    const installed = join(project, "node_modules/autumn-balances");
    for (const path of contents) {
      const text = readFileSync(join(installed, path), "utf8");
      expect(text.match(/am_sk_(?:live|test)_(?!emulator\b)\w{8,}/g), path).toBeNull();
      expect(text.includes(clone) || text.includes(ROOT), path).toBe(false);
    }
  });

  it("is imported as an ES module, the emulator apart", async () => {
    const script = `
      import { loadConfig, makePlan } from "autumn-balances";
      import { startEmulator } from "autumn-balances/emulator";
      import schema from "autumn-balances/schema/balances.schema.json" with { type: "json" };
      const autumn = await startEmulator({ port: 0 });
      console.log(typeof loadConfig, typeof makePlan, (await fetch(autumn.url + "/_emulator/")).status, schema.title);
      await autumn.close();
    `;
    writeFileSync(join(project, "imports.mjs"), script);
    expect(await shell("node --no-warnings imports.mjs", project)).toBe(
      "function function 200 Autumn balances\n",
    );
  });

  it.skipIf(!has("nodes")).each(NODES)("runs and is imported under Node %i", async (major) => {
    const path = `export PATH=${dirname(nodeExecutable(major) ?? "")}:$PATH`;
    expect(await shell(`${path}; node --version`, project)).toMatch(new RegExp(`^v${major}\\.`));
    expect(await shell(`${path}; npx autumn-balances --version`, project)).toBe(`${version}\n`);
    const script = `
      import { loadConfig } from "autumn-balances";
      import { startEmulator } from "autumn-balances/emulator";
      const autumn = await startEmulator({ port: 0 });
      console.log(typeof loadConfig, (await fetch(autumn.url + "/_emulator/")).status);
      await autumn.close();
    `;
    const file = `under-${major}.mjs`;
    writeFileSync(join(project, file), script);
    // What this Node no longer likes would be told there.
    expect(await shell(`${path}; node ${file} 2>&1`, project)).toBe("function 200\n");
  });

  it("brings its types", async () => {
    writeFileSync(
      join(project, "typed.ts"),
      `import { type BalanceEntry, type Plan, planText } from "autumn-balances";
       import { createEmulator, type EmulatorSeed } from "autumn-balances/emulator";
       export const entry: BalanceEntry = { customer_id: "acme", feature_id: "api_calls", included: 5 };
       // @ts-expect-error no such interval
       export const wrong: BalanceEntry = { customer_id: "acme", feature_id: "api_calls", reset: { interval: "fortnight" } };
       const seed: EmulatorSeed = { features: [{ id: "api_calls", type: "metered" }] };
       export const level: "2026-08" | "2026-10" = createEmulator({ seed }).level;
       export const show = (plan: Plan): string => planText(plan);
      `,
    );
    const types = join(ROOT, "node_modules/@types");
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const options = `--noEmit --strict --skipLibCheck --module nodenext --target es2023 --typeRoots ${types} --types node`;
    await expect(shell(`node ${tsc} ${options} typed.ts || exit 1`, project)).resolves.toBe("");
  });

  it.each([
    ["no types of node", ""],
    ["neither these nor the DOM", "--lib es2023"],
    ["an old lib", "--lib es2018 --types node"],
  ])("brings all the types that its own need, to whoever has %s", async (_, options) => {
    const names = ["autumn-balances", "autumn-balances/emulator"];
    writeFileSync(
      join(project, "all.ts"),
      names.map((name, n) => `export * as n${n} from "${name}";\n`).join(""),
    );
    const types = `--typeRoots ${join(ROOT, "node_modules/@types")}`;
    const tsc = `node ${join(ROOT, "node_modules/typescript/bin/tsc")} --noEmit --strict --module nodenext`;
    await expect(shell(`${tsc} --target es2022 ${types} ${options} all.ts`, project)).resolves.toBe("");
  });

  it("runs as a command", async () => {
    expect(await shell("npx autumn-balances --version", project)).toBe(`${version}\n`);
    await shell("npx autumn-balances init && npx autumn-balances validate", project);
    const [modeline] = readFileSync(join(project, "balances.yaml"), "utf8").split("\n");
    const schema = /\$schema=(\S+)/.exec(modeline ?? "")?.[1] ?? "";
    expect(JSON.parse(readFileSync(join(project, schema), "utf8"))).toHaveProperty(
      "title",
      "Autumn balances",
    );
  });

  it("runs in the clone as well, in any folder of it", async () => {
    mkdirSync(join(clone, "my-balances"));
    // Nothing is fetched or built for it.
    const npx = "npx --offline --ignore-scripts --yes --cache ../../cache autumn-balances --version";
    expect(await shell(npx, join(clone, "my-balances"))).toBe(`${version}\n`);
  });

  it("does not bring the libraries that only constructs need", () => {
    for (const name of ["cdktf", "cdktn", "constructs"]) {
      expect(existsSync(join(project, "node_modules", name)), name).toBe(false);
    }
  });

  it("is in order for every kind of import", async () => {
    const pkgDir = join(project, "node_modules/autumn-balances");
    const { messages, pkg = {} } = await publint({ pkgDir, strict: true, pack: false });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  describe.each([
    ["cdktf", "cdktf constructs"],
    // It takes no newer constructs than it knows.
    ["cdktn", "cdktn constructs@~10.7"],
  ])("with %s", (library, install) => {
    const program = `
      import { AutumnProvider, Balance, BalancesFile, type BalanceConfig } from "autumn-balances/${library}";
      import { App, TerraformStack } from "${library}";
      import type { Construct } from "constructs";

      const calls: BalanceConfig = { customerId: "acme", featureId: "api_calls", expiresAt: new Date("2030-01-01") };
      // @ts-expect-error no such argument
      export const wrong: BalanceConfig = { ...calls, include: 5 };

      class Contracts extends TerraformStack {
        readonly remoteId: string;
        constructor(scope: Construct, id: string) {
          super(scope, id);
          new AutumnProvider(this, "autumn", { environment: "sandbox" });
          new BalancesFile(this, "file", { path: "contracts.json" });
          this.remoteId = new Balance(this, "calls", { ...calls, included: 5 }).remoteId;
        }
      }

      const app = new App();
      new Contracts(app, "contracts");
      app.synth();
    `;
    const file = {
      version: 1,
      namespace: "contracts",
      balances: [{ customer_id: "globex", feature_id: "sso" }],
    };
    const types = `--typeRoots ${join(ROOT, "node_modules/@types")} --types node`;
    const tscOf = (compiler: string): string =>
      `node ${join(ROOT, "node_modules", compiler, "bin/tsc")} --strict --skipLibCheck --target es2022 ${types}`;
    const tsc = tscOf("typescript");

    it.each([
      ["CommonJS", "commonjs", `${tsc} --module nodenext main.ts`],
      // As the template of CDKTF is set up, for which TypeScript 6 is the last.
      [
        "CommonJS of old",
        "commonjs",
        `${tscOf("typescript-6")} --module commonjs --moduleResolution node10 --ignoreDeprecations 6.0 main.ts`,
      ],
      ["an ES module", "module", `${tsc} --module nodenext main.ts`],
    ])("%s synthesizes, with types", async (name, type, compile) => {
      const app = join(project, `${library} ${name}`);
      mkdirSync(app);
      writeFileSync(join(app, "package.json"), JSON.stringify({ name: "app", private: true, type }));
      writeFileSync(join(app, "main.ts"), program);
      writeFileSync(join(app, "contracts.json"), JSON.stringify(file));
      if (!existsSync(join(project, "node_modules", library))) {
        await shell(`npm install --no-save --no-audit --no-fund ${install}`, project);
      }
      await shell(`${compile} && node main.js`, app);
      const stack = readFileSync(join(app, "cdktf.out/stacks/contracts/cdk.tf.json"), "utf8");
      expect(Object.values(JSON.parse(stack).resource.autumn_balance)).toMatchObject([
        { customer_id: "acme", expires_at: "2030-01-01T00:00:00Z" },
        { customer_id: "globex", feature_id: "sso" },
      ]);
      // As `cdktf init` sets it up, but for its skipLibCheck.
      writeFileSync(join(app, "types.ts"), `export { Balance } from "autumn-balances/${library}";\n`);
      const strict = `${tsc.replace("--skipLibCheck", "--noEmit")} --lib es2018 --module nodenext types.ts`;
      await expect(shell(strict, app)).resolves.toBe("");
    });
  });
});

describe("the project's files", () => {
  it.skipIf(!has("git"))("speak of no machine and of no registry", () => {
    const betraying = /(?<![\w.~-])\/(?:work|root|home)\/[\w.]|registry\.(?:npmjs|yarnpkg|npmmirror)\.[a-z]+/;
    const found = projectFiles().filter((path) => betraying.test(readFileSync(join(ROOT, path), "utf8")));
    expect(found).toEqual([]);
  });
});
