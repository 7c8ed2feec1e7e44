// The data sources: what a customer has, whether it exists, and what a feature is.
import { nameOf, type Row, stateOf } from "../reconcile/index.ts";
import { msToInstant } from "../schema/index.ts";
import { named } from "../text/index.ts";
import { type Client, clientOf } from "./client.ts";
import { sentence } from "./hcl.ts";
import { showingProblemsOf } from "./problems.ts";
import { type ClientContext, type DataSource, DiagnosticError, type Schema } from "./protocol/index.ts";
import { isMoment } from "./values.ts";

type Context = ClientContext<Client | null>;

const customerId = { type: "string", required: true, description: "The customer's id." } as const;
const computed = <T>(type: T, description: string) => ({ type, computed: true, description }) as const;

/** Without an id, Autumn would answer for any customer; Terraform lets null and empty texts through. */
function refuseNoId(name: "customer_id" | "feature_id", id: unknown): void {
  if (id !== null && !(typeof id === "string" && id.trim() === "")) return;
  throw new DiagnosticError(`\`${name}\` is ${id === null ? "null" : "empty"}`, {
    detail: "Write an id; if it comes from a variable or another resource, check what that has.",
    path: [name],
  });
}

const balancesSchema = {
  description: "Everything a customer has been granted, by whomever, with what is used and left.",
  attributes: {
    customer_id: customerId,
    balances: {
      nested: "list",
      computed: true,
      description: "The rows, including those of plans, purchases and balances that have ended.",
      attributes: {
        balance_id: computed("string", "The balance_id, or Autumn's own id where none was given."),
        feature_id: computed("string", "The feature."),
        entity_id: computed(
          "string",
          "The entity that holds it, or Autumn's own id for the entity if no read shows its name; null for the " +
            "customer as a whole.",
        ),
        plan_id: computed("string", "The plan it comes from; null for a standalone balance."),
        included: computed("number", "Units granted; null for unlimited and boolean features."),
        remaining: computed("number", "Units left; of a balance that has ended, those that were left then."),
        usage: computed("number", "Units used."),
        unlimited: computed("bool", "Whether it has no limit."),
        state: computed("string", "`live`, `drained` (used up) or `expired`."),
        resets_at: computed("string", "The next reset, RFC 3339."),
        expires_at: computed("string", "The end, RFC 3339."),
      },
    },
  },
} as const satisfies Schema;

/** RFC 3339; a moment that no calendar has cannot be written. */
const instant = (ms: number | null): string | null => (ms === null || !isMoment(ms) ? null : msToInstant(ms));

function described(row: Row, now: number) {
  const amount = !row.unlimited && !row.boolean;
  return {
    balance_id: row.balanceId ?? row.internalId,
    feature_id: row.featureId,
    entity_id: row.entityId === undefined ? row.entityRef : row.entityId,
    plan_id: row.planId,
    included: amount ? row.grant : null,
    remaining: amount ? row.remaining : null,
    usage: amount ? row.usage : null,
    unlimited: row.unlimited,
    state: stateOf(row, now),
    resets_at: instant(row.resetsAt),
    expires_at: instant(row.expiresAt),
  };
}

const balances: DataSource<typeof balancesSchema, Client | null> = {
  schema: balancesSchema,
  validate: ({ customer_id: id }) => refuseNoId("customer_id", id),
  async read({ customer_id: id }, context: Context) {
    const { balances: service } = clientOf(context.client);
    const rows = await service.everythingOf(id);
    if (rows === undefined) throw noCustomer(id);
    const now = service.options.clock.now();
    for (const row of rows) {
      if (row.flaw === null) continue;
      const summary = `${nameOf(row)} of ${id} cannot be worked with`;
      context.report({ severity: "warning", summary, detail: sentence(row.flaw) });
    }
    return { customer_id: id, balances: rows.map((row) => described(row, now)) };
  },
};

const noCustomer = (id: string): DiagnosticError =>
  new DiagnosticError(`There is no customer ${named(id)}`, {
    detail: "Check the id.",
    path: ["customer_id"],
  });

const customerSchema = {
  description: "A customer, to make sure that it exists.",
  attributes: {
    customer_id: customerId,
    flags: computed(["list", "string"] as const, "The boolean features that are on."),
  },
} as const satisfies Schema;

const customer: DataSource<typeof customerSchema, Client | null> = {
  schema: customerSchema,
  validate: ({ customer_id: id }) => refuseNoId("customer_id", id),
  async read({ customer_id: id }, context: Context) {
    const found = await clientOf(context.client).balances.api.getCustomer(id);
    if (found === undefined) throw noCustomer(id);
    return { customer_id: id, flags: [...found.flags].sort() };
  },
};

const featureSchema = {
  description: "A feature: its kind decides what can be granted of it.",
  attributes: {
    feature_id: { type: "string", required: true, description: "The feature's id." },
    type: computed("string", "`metered`, `boolean` or `credit_system`."),
    consumable: computed(
      "bool",
      "Whether it is used up and can reset; false for what is held, such as seats.",
    ),
    archived: computed("bool", "Whether it is archived."),
  },
} as const satisfies Schema;

const feature: DataSource<typeof featureSchema, Client | null> = {
  schema: featureSchema,
  validate: ({ feature_id: id }) => refuseNoId("feature_id", id),
  async read({ feature_id: id }, context: Context) {
    const found = (await clientOf(context.client).balances.featuresWith(id)).get(id);
    if (found === undefined) {
      throw new DiagnosticError(`There is no feature ${named(id)}`, {
        detail: "Check the id.",
        path: ["feature_id"],
      });
    }
    return { feature_id: id, type: found.type, consumable: found.consumable, archived: found.archived };
  },
};

export const dataSources = {
  autumn_balances: showingProblemsOf(balances),
  autumn_customer: showingProblemsOf(customer),
  autumn_feature: showingProblemsOf(feature),
} as unknown as { readonly [type: string]: DataSource<Schema, Client | null> };
