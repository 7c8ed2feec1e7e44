// The routes of the API: who answers them and which rate limit they share.
import type { Handler, Level } from "./call.ts";
import { createBalance } from "./handlers/create-balance.ts";
import { getCustomer, getOrCreateCustomer, listCustomers, updateCustomer } from "./handlers/customers.ts";
import { deleteBalance } from "./handlers/delete-balance.ts";
import { deleteCustomer } from "./handlers/delete-customer.ts";
import { createEntity, getEntity, listEntities, updateEntity } from "./handlers/entities.ts";
import { createFeature, listFeatures } from "./handlers/features.ts";
import { listBalances } from "./handlers/list-balances.ts";
import { listRawBalances } from "./handlers/raw-balances.ts";
import { deleteFeature, updateFeature } from "./handlers/retire-feature.ts";
import { searchLogs } from "./handlers/search-logs.ts";
import { trackUsage } from "./handlers/track.ts";
import { updateBalance } from "./handlers/update-balance.ts";
import type { LimitGroup } from "./limits.ts";

export interface Route {
  readonly handler: Handler;
  readonly limit: LimitGroup;
  /** Absent on servers before this level. */
  readonly since?: Level;
}

const ROUTES = new Map<string, Route>([
  ["POST /v1/features.list", { handler: listFeatures, limit: "general" }],
  ["POST /v1/features.create", { handler: createFeature, limit: "general" }],
  ["POST /v1/features.update", { handler: updateFeature, limit: "general" }],
  ["POST /v1/features.delete", { handler: deleteFeature, limit: "general" }],
  ["POST /v1/customers.delete", { handler: deleteCustomer, limit: "customer" }],
  ["POST /v1/customers.get_or_create", { handler: getOrCreateCustomer, limit: "customer" }],
  ["POST /v1/customers.get", { handler: getCustomer, limit: "customer" }],
  ["POST /v1/customers.update", { handler: updateCustomer, limit: "general" }],
  ["POST /v1/customers.list", { handler: listCustomers, limit: "list" }],
  ["POST /v1/entities.create", { handler: createEntity, limit: "general" }],
  ["POST /v1/entities.get", { handler: getEntity, limit: "entity" }],
  ["POST /v1/entities.update", { handler: updateEntity, limit: "general" }],
  ["POST /v1/entities.list", { handler: listEntities, limit: "list" }],
  ["POST /v1/balances.create", { handler: createBalance, limit: "general" }],
  ["POST /v1/balances.update", { handler: updateBalance, limit: "track" }],
  ["POST /v1/balances.delete", { handler: deleteBalance, limit: "general" }],
  ["POST /v1/balances.list", { handler: listBalances, limit: "general", since: "2026-10" }],
  ["POST /v1/logs.search", { handler: searchLogs, limit: "general", since: "2026-10" }],
  ["POST /v1/balances.track", { handler: trackUsage, limit: "track" }],
  ["POST /v1/track", { handler: trackUsage, limit: "track" }],
  ["GET /v1/balances/list", { handler: listRawBalances, limit: "general" }],
]);

/** The route of a request, or undefined: such a request is answered 401 no_auth_header. */
export function routeOf(name: string, level: Level): Route | undefined {
  const route = ROUTES.get(name);
  return route && (route.since === undefined || route.since <= level) ? route : undefined;
}

export function routeNames(level: Level): string[] {
  return [...ROUTES.keys()].filter((name) => routeOf(name, level));
}
