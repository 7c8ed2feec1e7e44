// Parses the text of a policy file into a policy, or reports everything that is wrong with it, each at its place. Pure.
import { readYaml, type Tree } from "../config/index.ts";
import { type Place, type Problem, ProblemsError } from "../schema/index.ts";
import { quoted } from "../text/index.ts";
import { explainEntries, explainSchema } from "./explain.ts";
import { compile, type Expression, type ExpressionProblem, type Subject } from "./expression.ts";
import type { Condition, Policy, Rule } from "./policy.ts";
import type { WrittenPolicy, WrittenRule } from "./policy-file.ts";
import { folderPrefix, PARAMETERS } from "./ready-rules.ts";
import compiled from "./validate.generated.js";

/**
 * @param name the policy's name in reports
 * @param file its name for places
 * @throws ProblemsError with everything that is wrong
 */
export function parsePolicy(text: string, { name, file }: { name: string; file: string }): Policy {
  const { value, tree, problems } = readYaml(text, file);
  if (tree === null) throw new ProblemsError(problems);
  const isValid = compiled(value);
  const wrong = isValid ? [] : explainSchema(compiled.errors ?? [], value, tree);
  const found = [...problems, ...wrong, ...explainEntries(value, tree)];
  if (found.length > 0 || !isValid) throw new ProblemsError(found);
  const reader = new RuleReader(text, tree);
  const written = value as WrittenPolicy;
  const rules = written.rules.flatMap((rule, index) => reader.rule(rule, `/rules/${index}`));
  reader.checkNames(written);
  if (reader.problems.length > 0) throw new ProblemsError(reader.problems);
  const cases = (written.cases ?? []).map((one, index) => ({
    written: one,
    place: tree.placeOfValue(`/cases/${index}`),
  }));
  return { name, rules, cases };
}

class RuleReader {
  readonly problems: Problem[] = [];

  constructor(
    private readonly text: string,
    private readonly tree: Tree,
  ) {}

  rule(written: WrittenRule, pointer: string): Rule | [] {
    const condition = this.condition(written, pointer);
    if (condition === undefined) return [];
    const { name, then } = written;
    const [effect, approver] = typeof then === "string" ? [then, null] : (["approve", then.approve] as const);
    return { name, condition, effect, approver, written, place: this.tree.placeOfValue(pointer) };
  }

  /** Checks that the names of rules are unique, and that cases expect existing rules. */
  checkNames({ rules, cases = [] }: WrittenPolicy): void {
    const names = new Set<string>();
    for (const [index, { name }] of rules.entries()) {
      if (names.has(name)) {
        const message = `there is a rule \`${name}\` above already`;
        this.complain(`/rules/${index}/name`, "given-twice", message, "give each rule a name of its own");
      }
      names.add(name);
    }
    for (const [index, { expect }] of cases.entries()) {
      for (const [at, name] of expect.entries()) {
        if (names.has(name)) continue;
        const message = `there is no rule \`${name.slice(0, 100)}\``;
        const hint = `the rules are ${[...names].slice(0, 20).join(", ")}`;
        this.complain(`/cases/${index}/expect/${at}`, "unknown-rule", message, hint);
      }
    }
  }

  private condition(written: WrittenRule, pointer: string): Condition | undefined {
    const { on, when, use, where } = written;
    if (use === undefined) {
      for (const field of ["where", "feature", "units", "within_days", "folders"] as const) {
        if (written[field] === undefined) continue;
        this.complain(
          `${pointer}/${field}`,
          "useless",
          `\`${field}\` is for ready rules`,
          "add `use:`, or remove it",
        );
      }
      if (when === undefined) {
        this.complain(
          pointer,
          "missing-field",
          "the rule has no condition",
          "add `when:`, or `use:` for a ready rule",
        );
        return undefined;
      }
      const subject = on ?? "change";
      const expression = this.expression(when, subject, `${pointer}/when`);
      return expression && { kind: "expression", on: subject, when: expression };
    }
    for (const field of ["on", "when"] as const) {
      if (written[field] === undefined) continue;
      const message = `\`${field}\` makes no sense together with \`use\``;
      this.complain(
        `${pointer}/${field}`,
        "useless",
        message,
        "keep one of the two; `where:` narrows a ready rule",
      );
    }
    this.parameters(written, use, pointer);
    this.folders(written, pointer);
    if (where === undefined) return { kind: "ready", use, where: null };
    const narrowed = this.expression(where, "entry", `${pointer}/where`);
    return narrowed && { kind: "ready", use, where: narrowed };
  }

  private parameters(written: WrittenRule, use: NonNullable<WrittenRule["use"]>, pointer: string): void {
    const wanted = PARAMETERS[use];
    for (const field of ["feature", "units", "within_days", "folders"] as const) {
      const isGiven = written[field] !== undefined;
      if (isGiven && wanted[field] === undefined) {
        this.complain(`${pointer}/${field}`, "useless", `\`${use}\` has no \`${field}\``, "remove it");
      }
      if (!isGiven && wanted[field] === true) {
        this.complain(pointer, "missing-field", `\`${use}\` needs \`${field}\``, `add \`${field}:\``);
      }
    }
  }

  /** A folder in which no file can be would let the rule deny everything. */
  private folders({ folders = [] }: WrittenRule, pointer: string): void {
    for (const [at, folder] of folders.entries()) {
      if (folderPrefix(folder) !== undefined) continue;
      const message = `no file of the repository can be in ${quoted(folder)}`;
      const hint = "write the folder from the root of the repository on, such as contracts";
      this.complain(`${pointer}/folders/${at}`, "outside-repository", message, hint);
    }
  }

  private expression(text: string, subject: Subject, pointer: string): Expression | undefined {
    const read = compile(text, subject);
    if ("holds" in read) return read;
    const { code, message, hint } = read;
    const place = this.placeIn(text, read, pointer);
    this.problems.push({ code, message, hint, ...(place === undefined ? {} : { place }), pointer });
    return undefined;
  }

  /**
   * The place of a character in an expression, if the file has the expression literally; otherwise that of the
   * expression.
   */
  private placeIn(text: string, { offset }: ExpressionProblem, pointer: string): Place | undefined {
    const start = this.tree.placeOfValue(pointer);
    if (start === undefined) return undefined;
    const lines = this.text.replace(/^\uFEFF/, "").split("\n");
    const before = text.slice(0, offset).split("\n");
    const [row, column] = [before.length - 1, before.at(-1)?.length ?? 0];
    const line = text.split("\n")[row] ?? "";
    const rest = lines[start.line - 1]?.slice(start.column - 1) ?? "";
    const isBlock = /^[|>]/.test(rest);
    const at = start.line + row + (isBlock ? 1 : 0);
    const found =
      row === 0 && !isBlock ? lines[at - 1]?.indexOf(line, start.column - 1) : lines[at - 1]?.indexOf(line);
    if (line === "" || found === undefined || found === -1) return start;
    return { ...start, line: at, column: found + column + 1 };
  }

  private complain(pointer: string, code: string, message: string, hint: string): void {
    const place = this.tree.placeOfValue(pointer);
    this.problems.push({ code, message, hint, ...(place === undefined ? {} : { place }), pointer });
  }
}
