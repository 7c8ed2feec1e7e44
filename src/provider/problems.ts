// What the engine and the API find wrong, as Terraform shows it.
import { AutumnError, problemOfApi } from "../autumn/index.ts";
import { type Problem, ProblemsError } from "../schema/index.ts";
import { inHcl, sentence } from "./hcl.ts";
import { type DataSource, DiagnosticError, type Resource, type Schema } from "./protocol/index.ts";

/** Codes of problems that are about one attribute, of a resource or of the provider. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  "base-url": "base_url",
  "bad-secret-key": "secret_key",
  "no-secret-key": "secret_key",
  "unknown-feature": "feature_id",
  feature_not_found: "feature_id",
  "boolean-feature": "feature_id",
  "no-grant": "included",
  "feature-does-not-reset": "reset",
  "unknown-customer": "customer_id",
  customer_not_found: "customer_id",
  "unknown-entity": "entity_id",
  entity_not_found: "entity_id",
  "feature-of-the-entity": "entity_id",
};

const IN_THE_SAME_RUN =
  "create it in Autumn first; if this run creates it, take the id from an attribute that is known only afterwards";

/** Hints that take the place of those for a balances file. */
const HINTS: Readonly<Record<string, string>> = {
  "unknown-customer": IN_THE_SAME_RUN,
  "unknown-entity": IN_THE_SAME_RUN,
  "no-grant": "set `included` or `unlimited = true`",
  "nothing-to-adopt": "plan again without -refresh=false: Terraform then sees that it is gone",
};

const hintOf = ({ code, hint }: Problem): string => {
  const told = HINTS[code] ?? hint;
  return told === undefined ? "" : sentence(inHcl(told));
};

/** One error for Terraform with all problems. Messages are not capitalised, because they may begin with an id. */
export function problemsError(problems: readonly Problem[]): DiagnosticError {
  const [first, ...rest] = problems;
  const details = [
    ...(first ? [hintOf(first)] : []),
    ...rest.map((problem) => `${inHcl(problem.message)}. ${hintOf(problem)}`.trim()),
  ].filter((line) => line !== "");
  // Autumn names the field of a call that it finds wrong.
  const named = /: (customer_id|entity_id|feature_id): /.exec(first?.message ?? "")?.[1];
  const attribute = ATTRIBUTES[first?.code ?? ""] ?? named;
  return new DiagnosticError(inHcl(first?.message ?? "something is wrong"), {
    ...(details.length > 0 ? { detail: details.join("\n") } : {}),
    ...(attribute ? { path: [attribute] } : {}),
  });
}

const NAMES = { baseUrl: "base_url or AUTUMN_BASE_URL", rate: "requests_per_second" };

/** What was thrown, as Terraform shows it; what nobody expected stays as it is. */
function shown(thrown: unknown): unknown {
  if (thrown instanceof ProblemsError) return problemsError(thrown.problems);
  if (thrown instanceof AutumnError) {
    return problemsError([problemOfApi(thrown, NAMES)]);
  }
  return thrown;
}

/** The same operation, with errors that Terraform can show. */
function shows<A extends unknown[], T>(
  operation: (...args: A) => T | Promise<T>,
): (...args: A) => Promise<T> {
  return async (...args) => {
    try {
      return await operation(...args);
    } catch (thrown) {
      throw shown(thrown);
    }
  };
}

/** The same resource, with errors that Terraform can show. */
export function showingProblems<S extends Schema, Client>(
  resource: Resource<S, Client>,
): Resource<S, Client> {
  const { read, plan, planDelete, create, update, import: importing } = resource;
  return {
    ...resource,
    read: shows(read),
    ...(plan ? { plan: shows(plan) } : {}),
    ...(planDelete ? { planDelete: shows(planDelete) } : {}),
    create: shows(create),
    update: shows(update),
    delete: shows(resource.delete),
    ...(importing ? { import: shows(importing) } : {}),
  };
}

/** The same data source, with errors that Terraform can show. */
export function showingProblemsOf<S extends Schema, Client>(
  source: DataSource<S, Client>,
): DataSource<S, Client> {
  return { ...source, read: shows(source.read) };
}
