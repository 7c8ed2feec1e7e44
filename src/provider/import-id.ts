// The id that `terraform import` is given, and hints when it fits none of the customer's rows.
import { nameOf, type Row } from "../reconcile/index.ts";
import { KEY_PATTERN, ProblemsError } from "../schema/index.ts";
import { didYouMean, inShell, named } from "../text/index.ts";
import { DiagnosticError } from "./protocol/index.ts";

/** The balance that is to be imported. */
export interface ImportId {
  readonly customerId: string;
  /** The entity that holds it, where the id says so: not every server shows its name. */
  readonly entityId: string | null;
  /** Entities that may hold it, by its name. */
  readonly maybeEntities: readonly string[];
  /** The exact balance_id of a row; without a `name`, it may also be the key of a balance of ours. */
  readonly balanceId: string;
  /** The key that the balance gets, where it is not the one it has. */
  readonly name: string | null;
}

/**
 * `customer/balance_id`, or `{"customer_id": …, "balance_id": …, "entity_id": …, "name": …}`.
 * @throws DiagnosticError when it is not understood
 */
export function readImportId(id: string): ImportId {
  const parsed = id.startsWith("{") ? readJson(id) : readPath(id);
  if (parsed === undefined) {
    throw new DiagnosticError("The import id is not understood", {
      detail:
        "Write customer_id/balance_id, such as acme/api_calls. Where the customer's id has a slash, or to name the " +
        'entity that holds the balance: {"customer_id": "a/b", "balance_id": "api_calls", "entity_id": "seat_1"}. ' +
        'For a row that the configuration gives another balance_id, that one as "name": ' +
        '{"customer_id": "acme", "balance_id": "black-friday", "name": "bonus"}.',
    });
  }
  if (parsed.name !== null && !new RegExp(KEY_PATTERN, "u").test(parsed.name)) {
    throw new DiagnosticError(
      `The import id has the name ${JSON.stringify(parsed.name)}, which none can be`,
      {
        detail:
          "The name is the balance_id that the configuration gives the balance: without control characters, without " +
          "spaces around it, and not ending in ~ and a number.",
      },
    );
  }
  return parsed;
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

function readJson(text: string): ImportId | undefined {
  try {
    const {
      customer_id: customerId,
      balance_id: balanceId,
      entity_id: entityId = null,
      name = null,
      ...rest
    } = JSON.parse(text);
    // A field with another name, such as `entityId`, was meant to say something.
    if (Object.keys(rest).length > 0) return undefined;
    const isComplete = isText(customerId) && isText(balanceId);
    const isRightRest = (entityId === null || isText(entityId)) && (name === null || isText(name));
    return isComplete && isRightRest
      ? { customerId, entityId, maybeEntities: entitiesIn(balanceId), balanceId, name }
      : undefined;
  } catch {
    return undefined;
  }
}

function readPath(text: string): ImportId | undefined {
  const slash = text.indexOf("/");
  if (slash <= 0 || slash === text.length - 1) return undefined;
  const balanceId = text.slice(slash + 1);
  const maybeEntities = entitiesIn(balanceId);
  return { customerId: text.slice(0, slash), entityId: null, maybeEntities, balanceId, name: null };
}

/** The default key of an entity's balance ends in `@` and the entity's id, which may contain an `@` too. */
function entitiesIn(balanceId: string): string[] {
  const signs = [...balanceId.matchAll(/@/g)].map(({ index }) => index).filter((index) => index > 0);
  return signs.map((index) => balanceId.slice(index + 1)).filter((entityId) => entityId !== "");
}

/** The id to import a balance by. */
export const importIdOf = (customerId: string, name: string): string =>
  customerId.includes("/") || customerId.startsWith("{")
    ? JSON.stringify({ customer_id: customerId, balance_id: name })
    : `${customerId}/${name}`;

/** Names of rows that a hint lists. */
const LISTED = 20;

/** What could have been meant, or else what there is. */
export function whatThereIs(names: readonly string[], sought: string): string {
  const meant = didYouMean(sought, names);
  if (meant !== undefined) return `did you mean ${named(meant)}?`;
  if (names.length === 0) return "it has none";
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : "";
  return `it has: ${names.slice(0, LISTED).map(named).join(", ")}${more}`;
}

/**
 * The row with the id of its entity, which is `told` where no read shows it.
 * @throws ProblemsError when it is on another entity than told, or when nobody knows the entity's id: with Autumn's
 * internal id in the state, a configuration with the real one would replace the balance
 */
export function withEntity(row: Row, told: string | null): Row {
  if (row.entityId !== undefined || row.entityRef === null) {
    if (told === null || told === row.entityId) return row;
    const holder = row.entityId == null ? "the customer as a whole" : `the entity ${named(row.entityId)}`;
    const message = `${nameOf(row)} is held by ${holder}, not by ${named(told)}`;
    throw new ProblemsError([
      { code: "other-entity", message, hint: "leave `entity_id` out of the import id" },
    ]);
  }
  if (told !== null) return { ...row, entityId: told };
  const id = JSON.stringify({
    customer_id: row.customerId,
    balance_id: nameOf(row),
    entity_id: "<the entity's id>",
  });
  const message = `${nameOf(row)} is held by an entity, and this server does not show which`;
  throw new ProblemsError([{ code: "nameless-entity", message, hint: `import it by ${inShell(id)}` }]);
}
