// What a command has to report, before it goes to the log, annotations, summary, comment and outputs.
import { EXIT, type ExitCode, problemsOf, reportFailure, type Terminal } from "../app/index.ts";
import { isAction, type Plan } from "../reconcile/index.ts";
import { KINDS, problemsMarkdown, tally } from "../report/index.ts";
import { type Problem, ProblemsError } from "../schema/index.ts";

/** As in action.yml; an output that a command does not set is empty. */
export const OUTPUTS = [
  "exit-code",
  "has-changes",
  "changes",
  ...KINDS,
  "approvals",
  "plan-file",
  "report",
] as const;
export type Outputs = Partial<Readonly<Record<(typeof OUTPUTS)[number], string | number | boolean>>>;

export interface MarkdownOptions {
  /** Bytes. */
  readonly limit: number;
  /** Where the whole report is, if there is no room for it here. */
  readonly wholeAt?: string;
}

export interface Report {
  /** As the command line ends with. */
  readonly exitCode: ExitCode;
  readonly markdown: (options: MarkdownOptions) => string;
  /** Whether a pull request that has no comment yet is to get one. */
  readonly hasNews: boolean;
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly outputs: Outputs;
}

/** The report of a command that could not be carried out; the log is told why. */
export function failureReport(thrown: unknown, heading: string, terminal: Terminal): Report {
  const error = inTermsOfInputs(thrown);
  const errors = problemsOf(error);
  const exitCode = reportFailure(error, terminal);
  return {
    exitCode: exitCode === EXIT.ok ? EXIT.error : exitCode,
    markdown: ({ limit }) => problemsMarkdown(errors, { heading, limit }),
    hasNews: true,
    errors,
    warnings: [],
    outputs: {},
  };
}

/** Hints that name a command line, said in terms of the action's inputs. */
function inTermsOfInputs(error: unknown): unknown {
  if (!(error instanceof ProblemsError) || error.problems.every(({ code }) => code !== "saved-plan"))
    return error;
  const hint =
    "to apply it, name it in the input plan-file, with `command: apply`; keep it out of the folders of balances files";
  return new ProblemsError(
    error.problems.map((problem) => (problem.code === "saved-plan" ? { ...problem, hint } : problem)),
  );
}

/** How many changes of each kind a plan has, and how many it makes. */
export function counts({ changes }: Plan): Outputs {
  const counted = tally(changes);
  return {
    changes: changes.filter(isAction).length,
    ...Object.fromEntries(KINDS.map((kind) => [kind, counted[kind]])),
  };
}
