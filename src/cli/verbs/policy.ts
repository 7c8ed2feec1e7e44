// `autumn-balances policy test`: whether the rules of a policy say what its own cases expect. Makes no call.
import { EXIT, type ExitCode, POLICY_FILE, type Terminal } from "../../app/index.ts";
import { readAtRoot, readText } from "../../config/index.ts";
import { type CaseResult, type Policy, parsePolicy, runCases } from "../../policy/index.ts";
import { count, problemsText } from "../../report/index.ts";
import { ProblemsError } from "../../schema/index.ts";
import { brief } from "../../text/index.ts";

/** @param file the policy; the one at the root of the repository when left out */
export function runPolicyTest(file: string | undefined, terminal: Terminal): ExitCode {
  const policy = read(file);
  const results = runCases(policy, Date.now(), () => performance.now());
  const problems = results.flatMap(({ problem }) => problem ?? []);
  terminal.print(summary(policy, results, problems.length));
  if (problems.length === 0) return EXIT.ok;
  const colours = terminal.colours(process.stderr);
  terminal.say("error", problemsText(problems, { severity: "error", colours }));
  return EXIT.error;
}

function read(file: string | undefined): Policy {
  if (file !== undefined) {
    const found = readText(file, file);
    if ("problem" in found) throw new ProblemsError([found.problem]);
    return parsePolicy(found.text, { name: file, file });
  }
  const found = readAtRoot(POLICY_FILE, undefined);
  if (found !== undefined) return parsePolicy(found.text, { name: found.name, file: found.name });
  const message = `there is no ${POLICY_FILE} at the root of the repository`;
  throw new ProblemsError([{ code: "no-policy", message, hint: "write one, or name the file" }]);
}

function summary({ name, rules }: Policy, results: readonly CaseResult[], failed: number): string {
  const lines = results.map(
    ({ name: one, problem }) => `${problem === undefined ? "  ok " : "FAIL "} ${brief(one)}\n`,
  );
  const tried = `${count(results.length, "case")} of ${count(rules.length, "rule")}`;
  const verdict = failed === 0 ? "all as expected" : `${count(failed, "case")} not as expected`;
  return `${lines.join("")}${brief(name)}: ${tried}, ${verdict}.\n`;
}
