// `autumn-balances explain`: what a customer has, and why. Changes nothing.
import {
  connect,
  EXIT,
  type ExitCode,
  type ExplainOptions,
  gitHistoryOf,
  membersFrom,
  namespaceOf,
  type Terminal,
  untilInterrupted,
  whileReading,
} from "../../app/index.ts";
import type { AutumnClient } from "../../autumn/index.ts";
import { type LoadedConfig, loadConfigIfAny } from "../../config/index.ts";
import { jsonText } from "../../document/index.ts";
import { explain } from "../../explain/index.ts";
import {
  makePlan,
  type Plan,
  type PlanEnvironment,
  type PlanRequest,
  readAccount,
} from "../../reconcile/index.ts";
import { type ExplainReport, explainJson, explainMarkdown, explainText } from "../../report/index.ts";
import { DEFAULT_LIMITS, type Problem, ProblemsError } from "../../schema/index.ts";

export async function runExplain(
  customerId: string,
  featureId: string | null,
  options: ExplainOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  print(await explainedReport(customerId, featureId, options, terminal), terminal);
  return EXIT.ok;
}

/** What a customer has, and why. Changes nothing. */
export async function explainedReport(
  customerId: string,
  featureId: string | null,
  options: ExplainOptions,
  terminal: Terminal,
): Promise<ExplainReport> {
  const written = await untilInterrupted(async () =>
    loadConfigIfAny(options.file ?? [], { withQueries: true }),
  );
  const namespace = namespaceOf(options.namespace, written);
  const { api, environment, baseUrl } = connect(options, written?.environment ?? null, terminal);
  const resolved = written && (await membersFrom(api, written, terminal));
  const config = resolved?.config ?? null;
  const git = await untilInterrupted(() => gitHistoryOf(written, options, 0, terminal));
  const balances = (config?.balances ?? []).filter((balance) => balance.customerId === customerId);

  const read = await whileReading(api, balances, terminal, async (reading) => {
    const account = await readAccount(api, { namespace, balances, customerId }, reading);
    if (account === undefined) throw noCustomer(customerId);
    if (featureId !== null && !account.features.has(featureId)) throw noFeature(featureId);
    const asked = { namespace, environment, baseUrl, concurrency: options.concurrency };
    return { account, ...(await planned(api, { ...asked, config, balances }, reading)) };
  });
  const { account, plan, problems } = read;
  const madeAt = api.serverClock.now();
  const question = { customerId, featureId, namespace, balances, account, git, plan, now: madeAt };
  const features = explain({ ...question, groups: resolved?.members.groups ?? [] });
  return { customerId, featureId, namespace, environment, baseUrl, madeAt, features, git, plan, problems };
}

function print(report: ExplainReport, terminal: Terminal): void {
  if (terminal.format === "json") terminal.print(jsonText(explainJson(report)));
  else if (terminal.format === "markdown") terminal.print(explainMarkdown(report));
  else terminal.print(explainText(report, { colours: terminal.colours(process.stdout) }));
}

interface Planned {
  readonly plan: Plan | null;
  readonly problems: readonly Problem[];
}

/** The plan of the customer's entries. Problems with them do not keep the rest from being shown. */
async function planned(
  api: AutumnClient,
  asked: Pick<PlanRequest, "namespace" | "environment" | "baseUrl" | "balances" | "concurrency"> & {
    readonly config: LoadedConfig | null;
  },
  environment: PlanEnvironment,
): Promise<Planned> {
  const { config, ...request } = asked;
  if (config === null) return { plan: null, problems: [] };
  try {
    const plan = await makePlan(
      api,
      {
        ...request,
        createCustomers: config.createCustomers,
        retire: config.retire,
        limits: DEFAULT_LIMITS,
        prune: false,
        wholeOrganisation: false,
        checkGrants: "always",
        requestsPerSecond: 1,
      },
      environment,
    );
    return { plan, problems: [] };
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    return { plan: null, problems: error.problems };
  }
}

const noCustomer = (customerId: string): ProblemsError =>
  new ProblemsError([
    {
      code: "unknown-customer",
      message: `there is no customer ${customerId}`,
      hint: "check the id: it is the one your product gave, not Autumn's own",
    },
  ]);

const noFeature = (featureId: string): ProblemsError =>
  new ProblemsError([
    {
      code: "unknown-feature",
      message: `there is no feature ${featureId}`,
      hint: "check the id, or leave it out to see every feature",
    },
  ]);
