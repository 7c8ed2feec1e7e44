// `autumn-balances init`: writes a balances.yaml that explains itself.
import { writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { EXIT, type ExitCode, type Terminal } from "../../app/index.ts";
import { yamlText } from "../../config/index.ts";
import { isNamespace, NAMESPACE_RULE, ProblemsError } from "../../schema/index.ts";
import { brief } from "../../text/index.ts";

export interface InitOptions {
  readonly namespace?: string;
  readonly force?: boolean;
}

const FILE = "balances.yaml";

export async function runInit(options: InitOptions, terminal: Terminal): Promise<ExitCode> {
  const namespace = options.namespace ?? namespaceOf(resolve("."));
  if (!isNamespace(namespace)) {
    throw new ProblemsError([
      {
        code: "bad-namespace",
        message: `${brief(namespace, 80)} cannot be a namespace: it has ${NAMESPACE_RULE}`,
        hint: "pass a shorter or plainer one: --namespace contracts",
      },
    ]);
  }
  if (terminal.hides(namespace)) {
    const hint = "pass the owner's name: --namespace contracts";
    throw new ProblemsError([
      { code: "secret-in-file", message: "the namespace is a secret key, and would be written down", hint },
    ]);
  }
  try {
    await writeFile(FILE, balancesYaml(namespace), { flag: options.force === true ? "w" : "wx" });
  } catch (error) {
    throw new ProblemsError([problemOf(error as NodeJS.ErrnoException)], { cause: error });
  }
  terminal.print(`Wrote ${FILE} with the namespace ${namespace}.

Editors complete and check it as you type: in VS Code with the extension "YAML" by Red Hat (redhat.vscode-yaml),
as long as node_modules/autumn-balances is in this folder. Elsewhere, write the schema beside it
(autumn-balances schema > balances.schema.json) and let the first line of the file lead to it.

Next: declare your first balance in it, then run \`autumn-balances plan\`.
`);
  return EXIT.ok;
}

function problemOf(error: NodeJS.ErrnoException) {
  if (error.code === "EEXIST") {
    const hint = "edit it, or pass --force to write over it";
    return { code: "file-exists", message: `there is a ${FILE} here already`, hint };
  }
  return {
    code: "unwritable",
    message: `${FILE} cannot be written: ${error.message}`,
    hint: "check that the folder may be written to",
  };
}

/** The name of the folder, made into a valid namespace. */
function namespaceOf(folder: string): string {
  const name = basename(folder)
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
  return name.slice(0, 64) || "balances";
}

const balancesYaml = (
  namespace: string,
): string => `# yaml-language-server: $schema=./node_modules/autumn-balances/schema/balances.schema.json
#
# What every customer has been granted in Autumn. \`autumn-balances plan\` shows what would change,
# \`autumn-balances apply\` changes it.
version: 1

# The owner's name, the first part of every balance_id (${namespace}:api_calls). Balances of other namespaces are
# never touched. Never change it: everything would be granted again.
namespace: ${yamlText(namespace)}

# Refuse to run with a key of the other environment:
# environment: sandbox

balances: []
# Replace the [] with your balances, for example:
#
#  # 50,000 units each month
#  - customer_id: acme
#    feature_id: api_calls
#    included: 50000
#    reset: { interval: month }
#
#  # once, for one seat of the customer, until the end of January
#  - customer_id: acme
#    feature_id: ai_credits
#    entity_id: seat_42
#    included: 250
#    expires_at: 2027-01-31T00:00:00Z
#
#  # without a limit
#  - customer_id: globex
#    feature_id: exports
#    unlimited: true
`;
