// Completion, in real shells: what the tab key would offer.
import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { has } from "../support/has.ts";
import { balances, CLI, folder, MONTHLY, ONCE, run } from "./helper.ts";

/** A folder with a balances file, and the program on a PATH of its own. */
function there(): { cwd: string; bin: string } {
  const cwd = folder({
    "balances.yaml": balances([
      MONTHLY,
      ONCE,
      { ...ONCE, customer_id: "a b$(touch pwned)" },
      { ...ONCE, customer_id: "hid\u202eden" },
    ]),
    "teams.yaml": "",
  });
  const bin = folder();
  const program = join(bin, "autumn-balances");
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`);
  chmodSync(program, 0o755);
  writeFileSync(join(bin, "script"), execFileSync(process.execPath, [CLI, "completion", "bash"]));
  return { cwd, bin };
}

/** What bash offers after these words. */
function inBash({ cwd, bin }: { cwd: string; bin: string }, ...words: string[]): string[] {
  const script = `
    source "$SCRIPT"
    COMP_WORDS=(autumn-balances "$@"); COMP_CWORD=$#
    _autumn_balances
    printf '%s\\n' "\${COMPREPLY[@]}"
  `;
  const env = { ...process.env, SCRIPT: join(bin, "script"), PATH: `${bin}:${process.env.PATH}` };
  return execFileSync("bash", ["-c", script, "bash", ...words], { cwd, env, encoding: "utf8" })
    .split("\n")
    .filter((line) => line !== "");
}

describe.skipIf(!has("bash"))("completion in bash", () => {
  it("offers verbs, options, choices, files, namespaces and customers", () => {
    const place = there();
    expect(inBash(place, "for")).toEqual(["forecast"]);
    expect(inBash(place, "")).toEqual(
      expect.arrayContaining(["plan", "apply", "explain", "completion", "help"]),
    );
    expect(inBash(place, "")).not.toContain("__complete");
    expect(inBash(place, "provider", "")).toEqual(["install", "package"]);
    expect(inBash(place, "plan", "--limit-d")).toEqual(["--limit-deletes", "--limit-delete-percent"]);
    expect(inBash(place, "plan", "--format", "m")).toEqual(["markdown"]);
    expect(inBash(place, "plan", "te")).toEqual(["teams.yaml"]);
    expect(inBash(place, "history", "--namespace", "")).toEqual(["contracts"]);
    expect(inBash(place, "explain", "a")).toEqual(["a\\ b\\$\\(touch\\ pwned\\)", "acme"]);
    expect(inBash(place, "explain", "acme", "api")).toEqual(["api_calls"]);
    expect(inBash(place, "import", "--customer", "g")).toEqual(["globex"]);
    expect(inBash(place, "schema", "ex")).toEqual(["explain"]);
    expect(inBash(place, "explain", "hid")).toEqual([]);
  });

  it("offers customers of the files that are named, and not of others", () => {
    const place = there();
    const umbrella = { ...MONTHLY, customer_id: "umbrella" };
    writeFileSync(join(place.cwd, "other.yaml"), balances([umbrella]));
    expect(inBash(place, "import", "other.yaml", "--customer", "")).toEqual(["umbrella"]);
    expect(inBash(place, "history", "--file", "other.yaml", "")).toEqual(["umbrella"]);
  }, 60_000);

  it("offers nothing of files that are wrong", () => {
    const place = there();
    writeFileSync(join(place.cwd, "balances.yaml"), "version: [");
    expect(inBash(place, "explain", "")).toEqual([]);
  });
});

describe("the scripts", () => {
  it.each(["bash", "zsh", "fish"] as const)("of %s can be read by it", async (shell) => {
    const { code, stdout } = await run(["completion", shell]);
    expect(code).toBe(0);
    if (!has(shell)) return;
    execFileSync(shell, ["-n"], { input: stdout });
  });

  it("refuse another shell", async () => {
    expect((await run(["completion", "tcsh"])).code).toBe(1);
  });
});
