// What an agent can ask: each tool reads, and none writes. A tool is one entry of the table at the end.
import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import * as z from "zod";
import { openSession, type SessionOptions, SHOWN_CHANGES, type Terminal, when } from "../../app/index.ts";
import { commitAt, editEntries, findFiles, readText } from "../../config/index.ts";
import { missingApprovals } from "../../reconcile/index.ts";
import { explainMarkdown, forecastText, planMarkdown, planText, problemsText } from "../../report/index.ts";
import { type BalanceEntry, ProblemsError } from "../../schema/index.ts";
import { allRight, checkFiles, explainedReport, forecastReport } from "../verbs/index.ts";
import { unifiedDiff } from "./unified-diff.ts";

export interface ToolContext {
  /** The files that the server was started with; no tool reads others. */
  readonly paths: readonly string[];
  readonly options: SessionOptions;
  /** Says nothing on stdout, which belongs to the protocol. */
  readonly terminal: Terminal;
}

export interface Tool<Input extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Input;
  readonly run: (input: z.infer<Input>, context: ToolContext) => Promise<string>;
}

/** @throws ProblemsError, AutumnError; the answer to the agent reports them */
const tool = <Input extends z.ZodObject>(one: Tool<Input>): Tool => one as unknown as Tool;

const validate = tool({
  name: "validate",
  title: "Check the balances files",
  description:
    "Checks the balances files and the policy of the repository, without key or network. Every mistake comes with file, line and column.",
  input: z.object({}),
  run: async (_, { paths }) => allRight(await checkFiles(paths)),
});

const plan = tool({
  name: "plan",
  title: "Show what applying would change",
  description:
    "Compares the balances files with what Autumn has, and shows what applying would change, what guards refuse and whose approval the policy asks for. Changes nothing.",
  input: z.object({
    base: z
      .string()
      .min(1)
      .max(250)
      .optional()
      .describe("A branch, tag or commit that the files are compared with, such as origin/main."),
    format: z.enum(["text", "markdown"]).default("text"),
  }),
  run: async ({ base, format }, { paths, options, terminal }) => {
    if (base !== undefined) refusePath(base);
    const { plan, refusals } = await openSession(
      paths,
      { ...options, ...(base === undefined ? {} : { base }) },
      terminal,
    );
    const asked = missingApprovals(plan, []);
    const kept = problemsText([...refusals, ...asked], { severity: "refused", colours: false });
    if (format === "markdown") return planMarkdown(plan, refusals);
    return kept === ""
      ? planText(plan, { refusals, most: SHOWN_CHANGES })
      : `${planText(plan, { refusals, most: SHOWN_CHANGES })}\n${kept}`;
  },
});

/** Agents compare with commits only: a path would let them read other folders. */
function refusePath(base: string): void {
  const looksLikePath = isAbsolute(base) || /^[.~]|\.\.|\\/.test(base);
  // What is no commit is taken for a path, if there is one: a name alone does not tell.
  if (!looksLikePath && !(existsSync(base) && commitAt(base, process.cwd()) === undefined)) return;
  const message = "the base is a branch, tag or commit here, and no path";
  throw new ProblemsError([{ code: "bad-base", message, hint: "for example origin/main" }]);
}

const entry = z
  .record(z.string().max(100), z.unknown())
  .describe("An entry as balances files have it: customer_id, feature_id, included, reset, expires_at …");
const named = { customer_id: z.string().min(1).max(500), id: z.string().min(1).max(500) };

const proposeEdit = tool({
  name: "propose_edit",
  title: "Propose an edit of a balances file",
  description:
    "Returns a unified diff of one balances file with entries added, changed or removed. The file stays as it is: have the diff reviewed and committed. The id of an entry without `id:` is its feature_id, or feature_id@entity_id.",
  input: z.object({
    file: z.string().min(1).max(1000).optional().describe("Which of the files; left out, the only one."),
    add: z.array(entry).max(1000).optional(),
    change: z
      .array(z.object({ ...named, entry }))
      .max(1000)
      .optional(),
    remove: z.array(z.object(named)).max(1000).optional(),
  }),
  run: async ({ file, add = [], change = [], remove = [] }, { paths }) => {
    const { name, path } = fileNamed(file, paths);
    const read = readText(name, path);
    if ("problem" in read) throw new ProblemsError([read.problem]);
    const edit = {
      add: add.map((one) => one as unknown as BalanceEntry),
      change: change.map((one) => ({ ...one, entry: one.entry as unknown as BalanceEntry })),
      remove,
    };
    const edited = editEntries(read.text, edit, name);
    if ("problems" in edited) throw new ProblemsError(edited.problems);
    return unifiedDiff(name, read.text, edited.text) || "The file is so already.\n";
  },
});

function fileNamed(asked: string | undefined, paths: readonly string[]): { name: string; path: string } {
  const { files } = findFiles(paths, process.cwd());
  const found =
    files.find(({ name }) => name === asked) ??
    (asked === undefined && files.length === 1 ? files[0] : undefined);
  if (found !== undefined) return found;
  const message = asked === undefined ? "there are several files, or none" : "there is no such balances file";
  const hint = `name one of: ${files
    .slice(0, 20)
    .map(({ name }) => name)
    .join(", ")}`;
  throw new ProblemsError([{ code: "no-such-file", message, hint }]);
}

/** How many commits of the files are read to find the one that brought an entry. */
const LOOKED_AT = 500;

const explain = tool({
  name: "explain",
  title: "Explain what a customer has, and why",
  description:
    "Every balance of a customer: granted, used and left, the next reset, the entry and the commit that brought it, what a pending plan would change, and the order in which usage is taken.",
  input: z.object({
    customer_id: z.string().min(1).max(500),
    feature_id: z.string().min(1).max(500).optional(),
  }),
  run: async ({ customer_id, feature_id }, { paths, options, terminal }) =>
    explainMarkdown(
      await explainedReport(
        customer_id,
        feature_id ?? null,
        { ...options, file: paths, git: true, commits: LOOKED_AT },
        terminal,
      ),
    ),
});

const forecast = tool({
  name: "forecast",
  title: "Forecast what customers will have",
  description:
    "What the files grant from now on up to a date: what starts, resets and ends when, and the units of each month. Pure calendar arithmetic; usage is unknown.",
  input: z.object({
    until: z.string().max(40).describe("How far ahead: 2027-06-30, a time with its zone, or 36h, 90d, 12w."),
  }),
  run: async ({ until }, { paths }) => forecastText(await forecastReport(paths, { until: when(until) })),
});

/** All tools, in the order that agents see them. */
export const TOOLS: readonly Tool[] = [validate, plan, explain, forecast, proposeEdit];
