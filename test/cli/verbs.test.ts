// init, schema, emulator, and what the command line says of itself.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import type { Terminal } from "../../src/app/terminal.ts";
import { program } from "../../src/cli/program.ts";
import { DEFAULT_HOST, DEFAULT_KEY, DEFAULT_LEVEL, DEFAULT_PORT } from "../../src/emulator/index.ts";
import { DEFAULT_LIMITS } from "../../src/schema/index.ts";
import { emulator, folder, run, start, steady, transcript } from "./helper.ts";

const packageJson = JSON.parse(readFileSync("package.json", "utf8"));

describe("help", () => {
  it.each([
    ["autumn-balances"],
    ...[
      "validate",
      "plan",
      "apply",
      "show",
      "drift",
      "import",
      "history",
      "explain",
      "forecast",
      "completion",
      "doctor",
      "schema",
      "init",
      "emulator",
    ].map((verb) => [verb]),
  ])("of %s", async (verb) => {
    const ended = await run(verb === "autumn-balances" ? ["--help"] : [verb, "--help"]);
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    await expect(ended.stdout).toMatchFileSnapshot(`golden/help-${verb}.txt`);
  });

  it("names the default limits", async () => {
    const { deletes, deletePercent, replaces, replacePercent } = DEFAULT_LIMITS;
    expect([replaces, replacePercent]).toEqual([deletes, deletePercent]);
    const { stdout } = await run(["plan", "--help"]);
    expect(stdout).toContain(`otherwise ${deletes} and ${deletePercent} percent`);
  });

  it("names the emulator's own defaults", async () => {
    const { stdout } = await run(["emulator", "--help"]);
    for (const value of [DEFAULT_HOST, DEFAULT_KEY, DEFAULT_LEVEL, DEFAULT_PORT])
      expect(stdout.replaceAll(/\s+/g, " ")).toContain(`default: ${JSON.stringify(value)}`);
  });

  it.each([
    ["an unknown verb", ["plna"], "Did you mean plan?"],
    ["an unknown option", ["plan", "--prun"], "Did you mean --prune?"],
    ["a verb in upper case", ["PLAN"], "Did you mean plan?"],
    ["an option in upper case", ["plan", "--Detailed-ExitCode"], "Did you mean --detailed-exitcode?"],
    ["an option in camel case", ["plan", "--limitDeletes", "5"], "Did you mean --limit-deletes?"],
    ["a slip in upper case", ["plan", "--PRUEN"], "Did you mean --prune?"],
    ["a choice that is none", ["plan", "--format", "xml"], "Allowed choices are text, json, markdown, html."],
    ["a number that is none", ["plan", "--rate", "fast"], "It is a number from 0.1 to 1000."],
    ["a time that is none", ["emulator", "--reset-job", "never"], "It is a number from 0 to 600000."],
    ["half a customer", ["plan", "--concurrency", "1.5"], "It is a whole number from 1 to 100."],
    ["a shard that is none", ["plan", "--shard", "8/7"], "Write it like 2/7, the second of seven"],
    ["shards from 0 on", ["plan", "--shard", "0/7"], "Write it like 2/7, the second of seven"],
    ["a limit without units", ["plan", "--limit-granted", "api_calls"], "Write it like api_calls=1000000."],
    ["too many arguments", ["schema", "plan", "more"], "too many arguments"],
  ])("is offered for %s", async (_, args, says) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(says);
    expect(stderr).toMatch(/hint: autumn-balances.* --help lists what there is/);
  });
});

describe("a variable that nobody has set", () => {
  const said: string[] = [];
  const terminal = {
    print: () => undefined,
    say: (_: string, text: string) => said.push(text),
  } as unknown as Terminal;
  const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
  const nameOf = (command: Command): string[] =>
    command.parent ? [...nameOf(command.parent), command.name()] : [];
  // The words that are to be completed are on their way, and may be empty.
  const [, ...verbs] = all(program(terminal, () => undefined)).filter((one) => one.name() !== "__complete");
  const cases = verbs.flatMap((verb) => [
    ...verb.options.filter((option) => option.required).map((option) => [...nameOf(verb), option.long ?? ""]),
    ...verb.registeredArguments.map(() => nameOf(verb)),
  ]);

  it("is found for every option and argument of every verb, before anything is done", async () => {
    expect(cases.length).toBeGreaterThan(60);
    for (const args of cases) {
      for (const value of ["", " "]) {
        said.length = 0;
        const parsing = program(terminal, () => undefined).parseAsync([...args, value], { from: "user" });
        await expect(parsing, args.join(" ")).rejects.toThrow(CommanderError);
        expect(said.join(""), args.join(" ")).toMatch(/is invalid/);
      }
    }
  });

  it("is told from what is only odd", async () => {
    const { stderr } = await run(["validate", " odd"]);
    expect(stderr).toContain("` odd` does not exist");
  });
});

describe("--version", () => {
  it("is the package's", async () => {
    for (const option of ["--version", "-V"]) {
      expect(await run([option])).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: "" });
    }
  });
});

describe("schema", () => {
  it.each(["balances", "plan", "history", "explain", "forecast"])(
    "prints the published one of %s",
    async (name) => {
      const { stdout } = await run(["schema", name]);
      expect(stdout).toBe(readFileSync(`schema/${name}.schema.json`, "utf8"));
    },
  );

  it("prints that of balances files when it is not told which", async () => {
    expect((await run(["schema"])).stdout).toBe((await run(["schema", "balances"])).stdout);
  });
});

describe("init", () => {
  it("writes a file that is valid, explains itself, and is not written over", async () => {
    const cwd = folder();
    const written = await run(["init", "--namespace", "contracts"], { cwd });
    await expect(transcript(written)).toMatchFileSnapshot("golden/init.txt");
    const text = readFileSync(join(cwd, "balances.yaml"), "utf8");
    await expect(text).toMatchFileSnapshot("golden/init-balances.yaml");
    expect((await run(["validate"], { cwd })).code).toBe(0);
    const again = await run(["init"], { cwd });
    await expect(transcript(again)).toMatchFileSnapshot("golden/init-again.txt");
    expect(readFileSync(join(cwd, "balances.yaml"), "utf8")).toBe(text);
    expect((await run(["init", "--force"], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, "balances.yaml"), "utf8")).not.toBe(text);
    expect((await run(["validate"], { cwd })).code).toBe(0);
  });

  it("has examples that are valid once they are uncommented", async () => {
    const cwd = folder();
    await run(["init"], { cwd });
    const [before, after] = readFileSync(join(cwd, "balances.yaml"), "utf8").split("balances: []\n") as [
      string,
      string,
    ];
    const examples = after.replaceAll(/^#(?= {2}(?:- | {2}))/gm, "");
    const { stdout } = await run(["validate"], {
      cwd: folder({ "balances.yaml": `${before}balances:\n${examples}` }),
    });
    expect(stdout).toBe("balances.yaml: 3 balances of 2 customers, all right.\n");
  });

  it("writes no secret key down, and shows none", async () => {
    const cwd = folder();
    const { code, stderr } = await run(["init", "--namespace", "am_sk_test_notARealKey123"], { cwd });
    expect({ code, files: readdirSync(cwd) }).toEqual({ code: 1, files: [] });
    expect(stderr).toContain("the namespace is a secret key");
    expect(stderr).not.toContain("notARealKey");
  });

  it("refuses a namespace that is none", async () => {
    const { code, stderr } = await run(["init", "--namespace", "a:b"], { cwd: folder() });
    expect(code).toBe(1);
    expect(stderr).toContain("a:b cannot be a namespace");
  });
});

describe("emulator", () => {
  it("says where it is and what to export, keeps its state, and ends with ^C", async () => {
    const cwd = folder({
      "seed.yaml":
        "features: [{ id: api_calls, type: metered, consumable: true }]\ncustomers: [{ id: acme }]\n",
    });
    const state = ["--port", "0", "--state", "state.json"];
    const first = start(["emulator", ...state, "--seed", "seed.yaml"], { cwd });
    await first.until(({ stdout }) => stdout.includes("^C stops it."));
    first.child.kill("SIGINT");
    const ended = await first.ended;
    await expect(transcript(ended)).toMatchFileSnapshot("golden/emulator.txt");

    const second = start(["emulator", ...state, "--key", "am_sk_live_mine", "--level", "2026-10"], { cwd });
    let printed = "";
    await second.until(({ stdout }) => {
      printed = stdout;
      return stdout.includes("^C stops it.");
    });
    const url = /AUTUMN_BASE_URL=(\S+)/.exec(printed)?.[1];
    expect(printed).toContain("AUTUMN_SECRET_KEY=am_sk_live_mine\n");
    const answer = await fetch(`${url}/v1/features.list`, {
      method: "POST",
      headers: { authorization: "Bearer am_sk_live_mine", "x-api-version": "2.3.0" },
      body: "{}",
    });
    expect(await answer.json()).toMatchObject({ list: [{ id: "api_calls" }] });
    second.child.kill("SIGTERM");
    expect((await second.ended).code).toBe(0);
  });

  it.each([
    ["features: [", "the seed seed.yaml cannot be read: "],
    ["features: [{ id: api_calls, type: meter }]", "seed: "],
    ["custmers: []", "unknown field"],
  ])("explains what is wrong with the seed %s", async (seed, says) => {
    const options = { cwd: folder({ "seed.yaml": seed }) };
    const { code, stderr } = await run(["emulator", "--port", "0", "--seed", "seed.yaml"], options);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(says);
    expect(stderr).not.toContain("    at ");
  });

  it("explains a seed that is missing and a port that is taken", async () => {
    const missing = await run(["emulator", "--port", "0", "--seed", "none.yaml"], { cwd: folder() });
    expect(missing.stderr).toContain("error: the seed none.yaml cannot be read: ENOENT");
    const { url } = await emulator();
    const taken = await run(["emulator", "--port", new URL(url).port]);
    expect(steady(taken.stderr)).toMatch(/^error: port \d+ is taken\n {2}hint: --port 0 picks a free one\n$/);
  });
});
