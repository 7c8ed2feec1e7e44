// The verbs, their arguments and options. What a verb does is loaded when it is run.
import { Argument, Command, Help, Option } from "commander";
import {
  type ApplyOptions,
  applyOptions,
  type DoctorOptions,
  type DriftOptions,
  doctorOptions,
  driftOptions,
  driftShowOptions,
  type EmulatorVerbOptions,
  type ExitCode,
  type ExplainOptions,
  type ExportOptions,
  explainOptions,
  exportOptions,
  type ForecastOptions,
  forecastOptions,
  type HistoryOptions,
  historyOptions,
  type ImportOptions,
  importOptions,
  number,
  type OutputOptions,
  outputOptions,
  type PlanOptions,
  refuseBlanks,
  type SessionOptions,
  type ShowOptions,
  sessionOptions,
  showOptions,
  suggestion,
  type Terminal,
  VALIDATE_FORMATS,
  VERSION,
} from "../app/index.ts";
import { visible } from "../text/index.ts";
import type { Shell } from "./completion/scripts.ts";
import * as help from "./help.ts";
import type { ProviderInstallOptions } from "./provider/install.ts";
import type { ProviderPackageOptions } from "./provider/package.ts";
import type { InitOptions } from "./verbs/init.ts";
import type { SchemaName } from "./verbs/schema.ts";
import type { ValidateOptions } from "./verbs/validate.ts";

const PATHS = "files, folders and globs (default: balances.yaml, else the folder balances)";

/** @param ended is told the exit code of the verb that was run */
export function program(terminal: Terminal, ended: (code: ExitCode) => void): Command {
  const root = new Command("autumn-balances")
    .description("Autumn balances as code: declare them in balances.yaml, read the plan, apply it.")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "show help for the command")
    .helpCommand("help [command]", "show help for a command")
    .configureHelp({ groupItems: optionsFirst })
    .addHelpText("after", help.MAIN_HELP);

  const validate = root
    .command("validate")
    .summary("check balances files, without key or network")
    .description("Checks balances files: their form, and that no two entries are the same balance.")
    .argument("[paths...]", PATHS)
    .addHelpText("after", help.VALIDATE_HELP)
    .option("--expanded", "print the files as YAML, with all templates expanded")
    .action(async (paths: string[], options: OutputOptions & ValidateOptions) => {
      terminal.configure(options);
      ended(await (await import("./verbs/validate.ts")).runValidate(paths, options, terminal));
    });
  outputOptions(validate, { format: VALIDATE_FORMATS });

  const plan = root
    .command("plan")
    .summary("show what applying would change")
    .description("Compares what is declared with what Autumn has, and shows what applying would change.")
    .argument("[paths...]", PATHS)
    .addHelpText("after", help.PLAN_HELP)
    .action(async (paths: string[], options: PlanOptions) => {
      terminal.configure(options);
      ended(await (await import("./verbs/plan.ts")).runPlan(paths, options, terminal));
    });
  plan
    .option("--detailed-exitcode", "exit with 2 when there are changes")
    .option(
      "--base <ref or path>",
      "separate what the files have changed since then from what was already due",
    )
    .addOption(
      new Option(
        "--changed-since <ref or path>",
        "like --base, but look only at customers whose entries have changed since",
      ).conflicts(["base", "allCustomers"]),
    )
    .option("--out <file>", "save the plan, so that apply <file> applies exactly this");
  showOptions(sessionOptions(plan));

  const apply = root
    .command("apply")
    .summary("show the plan, ask, and apply it")
    .description("Shows the plan, asks, applies it, reads back every balance and reports the outcome.")
    .argument("[paths...]", `${PATHS}; or one saved plan`)
    .addHelpText("after", help.APPLY_HELP)
    .action(async (paths: string[], options: ApplyOptions) => {
      terminal.configure(options);
      ended(await (await import("./verbs/apply.ts")).runApply(paths, options, terminal));
    });
  apply.option("-y, --yes", "do not ask");
  applyOptions(sessionOptions(apply));

  const drift = root
    .command("drift")
    .summary("show what differs although no file was changed")
    .description(
      "Shows what has drifted from the files: edited or deleted elsewhere, or never applied. Prints nothing if nothing has.",
    )
    .argument("[paths...]", PATHS)
    .addHelpText("after", help.DRIFT_HELP)
    .action(async (paths: string[], options: DriftOptions) => {
      terminal.configure(options);
      ended(await (await import("./verbs/drift.ts")).runDrift(paths, options, terminal));
    });
  driftShowOptions(driftOptions(drift));

  const show = root
    .command("show")
    .summary("show a saved plan")
    .description("Shows a plan that was saved with plan --out, in any format. Makes no calls.")
    .argument("<file>", "the saved plan")
    .addHelpText("after", help.SHOW_HELP)
    .action(async (file: string, options: ShowOptions & OutputOptions) => {
      terminal.configure(options);
      ended(await (await import("./verbs/show.ts")).runShow(file, options, terminal));
    });
  showOptions(show);

  const importing = root
    .command("import")
    .summary("declare what customers have already been granted")
    .description("Makes entries for the balances that customers have, and changes nothing in Autumn.")
    .argument("[paths...]", "files whose balances are not declared again (default: as for plan)")
    .addHelpText("after", help.IMPORT_HELP)
    .action(async (paths: string[], options: ImportOptions) => {
      terminal.configure(options);
      ended(await (await import("./verbs/import.ts")).runImport(paths, options, terminal));
    });
  importOptions(importing);

  const exporting = root
    .command("export")
    .summary("write what customers have as a spreadsheet")
    .description("Prints the balances that customers have as CSV, with their usage.")
    .option("--csv", "as CSV, the only format there is")
    .addHelpText("after", help.EXPORT_HELP)
    .action(async (options: ExportOptions & OutputOptions) => {
      terminal.configure(options);
      ended(await (await import("./verbs/export.ts")).runExport(options, terminal));
    });
  exportOptions(exporting);

  const history = root
    .command("history")
    .summary("show what became of balances, and who changed them")
    .description(
      "Shows which balances have ended or were replaced, what was used of them, and what commits did to the entries.",
    )
    .argument("[customers...]", "ids of customers (default: those with an entry, now or in git)")
    .addHelpText("after", help.HISTORY_HELP)
    .action(async (customers: string[], options: HistoryOptions) => {
      terminal.configure(options);
      ended(await (await import("./verbs/history.ts")).runHistory(customers, options, terminal));
    });
  historyOptions(history);

  const explain = root
    .command("explain")
    .summary("show what a customer has, and why")
    .description(
      "Shows what a customer has: every balance, where it comes from, what is left of it, and what comes next.",
    )
    .argument("<customer>", "the id of a customer")
    .argument("[feature]", "the id of a feature (default: all)")
    .addHelpText("after", help.EXPLAIN_HELP)
    .action(async (customer: string, feature: string | undefined, options: ExplainOptions) => {
      terminal.configure(options);
      const { runExplain } = await import("./verbs/explain.ts");
      ended(await runExplain(customer, feature ?? null, options, terminal));
    });
  explainOptions(explain);

  const forecast = root
    .command("forecast")
    .summary("show what customers will have, from the files alone")
    .description(
      "Shows what the files will grant, reset and end, and how many units that is by month. Needs no key; knows no usage.",
    )
    .argument("[paths...]", PATHS)
    .addHelpText("after", help.FORECAST_HELP)
    .action(async (paths: string[], options: ForecastOptions) => {
      terminal.configure(options);
      ended(await (await import("./verbs/forecast.ts")).runForecast(paths, options, terminal));
    });
  forecastOptions(forecast);

  const doctor = root
    .command("doctor")
    .summary("check what this tool relies on in your server")
    .description(
      "Tries what the promises of this tool rest on, in the sandbox of your server, and removes what it made for that.",
    )
    .argument("[paths...]", `with --offline: ${PATHS}`)
    .addHelpText("after", help.DOCTOR_HELP)
    .action(async (paths: string[], options: DoctorOptions) => {
      terminal.configure(options);
      ended(await (await import("./verbs/doctor.ts")).runDoctor(paths, options, terminal));
    });
  doctorOptions(doctor);

  root
    .command("schema")
    .summary("print a JSON Schema")
    .description("Prints the JSON Schema of balances files, or of what --format json prints.")
    .addArgument(
      new Argument("[name]", "which schema")
        .choices(["balances", "plan", "history", "explain", "forecast", "policy"])
        .default("balances"),
    )
    .addHelpText("after", help.SCHEMA_HELP)
    .action(async (name: SchemaName) => {
      ended((await import("./verbs/schema.ts")).runSchema(name, terminal));
    });

  root
    .command("init")
    .summary("write a balances.yaml to start from")
    .description("Writes a balances.yaml that explains itself.")
    .option("--namespace <name>", "the owner's name (default: the folder's)")
    .option("--force", "overwrite an existing balances.yaml")
    .addHelpText("after", help.INIT_HELP)
    .action(async (options: InitOptions) => {
      ended(await (await import("./verbs/init.ts")).runInit(options, terminal));
    });

  root
    .command("completion")
    .summary("print a completion script for a shell")
    .description(
      "Prints a script that makes a shell complete verbs, options, files, namespaces and customers.",
    )
    .addArgument(new Argument("<shell>", "which shell").choices(["bash", "zsh", "fish"]))
    .addHelpText("after", help.COMPLETION_HELP)
    .action(async (shell: Shell) => {
      ended((await import("./completion/index.ts")).runCompletion(shell, terminal));
    });

  // Called by the completion scripts of shells. The last word may be empty.
  root
    .command("__complete", { hidden: true })
    .addArgument(
      new Argument("[words...]").argParser((word: string, before: string[] = []) => [...before, word]),
    )
    .action(async (words: string[] = []) => {
      ended((await import("./completion/index.ts")).runComplete(root, words, terminal));
    });

  emulatorCommand(root)
    .addHelpText("after", help.EMULATOR_HELP)
    .action(async (options: EmulatorVerbOptions) => {
      ended(await (await import("./verbs/emulator.ts")).runEmulator(options, terminal));
    });

  policyCommands(root, terminal, ended);

  const mcp = root
    .command("mcp")
    .summary("let agents read and propose")
    .description("Serves the Model Context Protocol over stdin and stdout, with tools that only read.")
    .argument("[paths...]", PATHS)
    .addHelpText("after", help.MCP_HELP)
    .action(async (paths: string[], options: SessionOptions) => {
      terminal.configure({ logLevel: "error", color: false });
      ended(await (await import("./verbs/mcp.ts")).runMcp(paths, options, terminal));
    });
  sessionOptions(mcp);
  providerCommands(root, terminal, ended);

  const verbs = root.commands.flatMap((command) => [command, ...command.commands]);
  for (const command of [root, ...verbs]) {
    refuseBlanks(command);
    saysWhatIsWrong(command, terminal);
  }
  return root;
}

function policyCommands(root: Command, terminal: Terminal, ended: (code: ExitCode) => void): void {
  const policy = root
    .command("policy")
    .summary("test the rules of a policy")
    .description("Works with the policy of the repository, autumn-balances.policy.yaml.")
    .helpCommand(false)
    .addHelpText("after", help.POLICY_HELP);

  policy
    .command("test")
    .summary("test the rules on their own cases")
    .description("Checks a policy file, and tests its rules on the cases that it contains.")
    .argument("[file]", "the policy (default: autumn-balances.policy.yaml at the root of the repository)")
    .addHelpText("after", help.POLICY_HELP)
    .action(async (file: string | undefined) => {
      ended((await import("./verbs/policy.ts")).runPolicyTest(file, terminal));
    });
}

function providerCommands(root: Command, terminal: Terminal, ended: (code: ExitCode) => void): void {
  const provider = root
    .command("provider")
    .summary("install the Terraform provider")
    .description("Installs or packs the Terraform provider, which manages the same balances from HCL.")
    .helpCommand(false)
    .addHelpText("after", help.PROVIDER_HELP);

  provider
    .command("install")
    .summary("put it where Terraform finds it")
    .description(
      "Puts the Terraform provider into a folder where Terraform finds it, and says how to use it.",
    )
    .option("--dir <folder>", "a filesystem mirror (default: ~/.terraform.d/plugins)")
    .option("--platform <os_arch>", "as `terraform version` names it (default: this machine's)")
    .option("--print-config", "print Terraform's CLI configuration to stdout, everything else to stderr")
    .addHelpText("after", help.PROVIDER_INSTALL_HELP)
    .action(async (options: ProviderInstallOptions) => {
      ended(await (await import("./provider/install.ts")).runProviderInstall(options, terminal));
    });

  provider
    .command("package")
    .summary("make the archives of a release")
    .description("Writes what a registry serves: an archive for each platform, checksums and a manifest.")
    .option("--out <folder>", "where to write it (default: terraform-provider-autumn_<version>)")
    .addHelpText("after", help.PROVIDER_PACKAGE_HELP)
    .action(async (options: ProviderPackageOptions) => {
      ended(await (await import("./provider/package.ts")).runProviderPackage(options, terminal));
    });
}

function emulatorCommand(root: Command): Command {
  const ms = number(0, 600_000);
  return root
    .command("emulator")
    .summary("run a local Autumn")
    .description("Runs a local Autumn to try things on, with the balances part of its API, until ^C.")
    .option("--port <n>", "port to listen on; 0 picks a free one", number(0, 65_535, "whole"), 4010)
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--key <key>", "the secret key it accepts", "am_sk_test_emulator")
    .option("--seed <file>", "features, customers and balances to start with, as YAML")
    .option("--state <file>", "keep the state in a file, and start from it if it exists")
    .addOption(
      new Option("--level <level>", "behave like a server of this month")
        .choices(["2026-08", "2026-10"])
        .default("2026-08"),
    )
    .addOption(
      new Option("--limits <limits>", "Autumn's rate limits").choices(["production", "none"]).default("none"),
    )
    .option("--latency <ms>", "time until a call is handled", ms, 0)
    .option("--async-updates <ms>", "time from the answer to an update until it takes effect", ms, 0)
    .option(
      "--reset-job <ms>",
      "how long after its date a row that nobody reads is reset, or `off`",
      (text: string): number | "off" => (text === "off" ? text : ms(text)),
      0,
    )
    .option("--unknown-fields", "add fields that no client knows to every answer");
}

/** Lists the verb's own options before those that it shares with others, even where it has none but --help. */
function optionsFirst<T extends Command | Option>(
  all: T[],
  visible: T[],
  groupOf: (item: T) => string,
): Map<string, T[]> {
  const groups = new Help().groupItems(all, visible, groupOf);
  const own = groups.get("Options:");
  return own === undefined ? groups : new Map([["Options:", own], ...groups]);
}

/** Makes a complaint about arguments one escaped line with a hint, and an exception instead of an exit. */
function saysWhatIsWrong(command: Command, terminal: Terminal): void {
  const names = [command.name()];
  for (let above = command.parent; above; above = above.parent) names.unshift(above.name());
  command
    .exitOverride()
    .showSuggestionAfterError(false)
    .showHelpAfterError(`hint: ${names.join(" ")} --help lists what there is`)
    .configureOutput({
      writeOut: (text) => terminal.print(text),
      writeErr: (text) => terminal.say("error", text),
      outputError: (text, write) => {
        const said = text.trimEnd() + suggestion(text, command);
        write(`${said.split("\n").map(visible).join("\n")}\n`);
      },
    });
}
