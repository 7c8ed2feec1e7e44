// The public API: what the command line does, for programs. The emulator is `autumn-balances/emulator`.
//
// const { namespace, balances, … } = await loadConfig(["balances.yaml"]);
// const api = new AutumnClient({ baseUrl: DEFAULT_BASE_URL, secretKey });
// const plan = await makePlan(api, { namespace, balances, … }, { clock: api.serverClock });
// const outcome = await applyPlan(api, plan, { clock: api.serverClock, concurrency: 10 });
import "./web-types.ts";

export {
  type AutumnApi,
  AutumnClient,
  type AutumnClientOptions,
  AutumnError,
  type CallOutcome,
  type CallRecord,
  type Clock,
  DEFAULT_BASE_URL,
  systemClock,
} from "./autumn/index.ts";
export {
  type BaseOptions,
  type LoadedBase,
  type LoadedConfig,
  type LoadOptions,
  loadBase,
  loadConfig,
  type ParsedBalances,
  parseBalances,
} from "./config/index.ts";
export {
  applyJson,
  claimKeyOf,
  driftJson,
  ForeignPlanError,
  lifetimeOf,
  planJson,
  readSavedPlan,
  type SavedPlan,
  savedPlanText,
} from "./document/index.ts";
export {
  type ApplyEvent,
  applyPlan,
  type Change,
  type ChangeKind,
  type ChangeOutcome,
  type ChangeResult,
  type Difference,
  type Drift,
  type DriftRequest,
  type FieldChange,
  type Finding,
  findDrift,
  forced,
  limitsOfShard,
  makePlan,
  type Outcome,
  type Plan,
  type PlanBase,
  type PlanEvent,
  type PlanRequest,
  type PolicyVerdict,
  type Reason,
  type Refusal,
  type RenewedPlan,
  type RenewRequest,
  type Row,
  refusals,
  renewPlan,
  type Shard,
  shardOf,
  type Total,
} from "./reconcile/index.ts";
export {
  COMMENT_LIMIT,
  driftText,
  githubAnnotations,
  gitlabQuality,
  junit,
  movedRefusals,
  outcomeText,
  type PlanMarkdownOptions,
  type PlanTextOptions,
  planHtml,
  planMarkdown,
  planText,
  problemsMarkdown,
  problemsText,
  type SarifOptions,
  sarif,
} from "./report/index.ts";
export {
  type BalanceEntry,
  type BalancesFile,
  DEFAULT_LIMITS,
  type DesiredBalance,
  desiredBalance,
  type Environment,
  type Limits,
  type Place,
  type Problem,
  ProblemsError,
} from "./schema/index.ts";
