// The namespace for verbs that can do without a file: what the files say, or else --namespace.
import type { LoadedConfig } from "../config/index.ts";
import { isNamespace, NAMESPACE_RULE, ProblemsError } from "../schema/index.ts";
import { brief } from "../text/index.ts";

/** @throws ProblemsError when neither says it, or the files say another */
export function namespaceOf(given: string | undefined, config: LoadedConfig | null): string {
  if (given !== undefined && !isNamespace(given)) {
    const message = `${brief(given, 80)} cannot be a namespace: it has ${NAMESPACE_RULE}`;
    const hint = "pass a shorter or plainer one: --namespace contracts";
    throw new ProblemsError([{ code: "bad-namespace", message, hint }]);
  }
  if (config === null) {
    if (given !== undefined) return given;
    const message = "there is no balances.yaml here that says the namespace";
    const hint = "pass --namespace <name>: the owner's name, which is kept for ever; or name your files";
    throw new ProblemsError([{ code: "no-namespace", message, hint }]);
  }
  if (given === undefined || given === config.namespace) return config.namespace;
  const files = config.files.map((file) => brief(file)).join(", ");
  const message = `--namespace is ${given}, but ${files} has the namespace ${config.namespace}`;
  const hint = "leave --namespace out, or run the command in a folder of its own";
  throw new ProblemsError([{ code: "other-namespace", message, hint }]);
}
