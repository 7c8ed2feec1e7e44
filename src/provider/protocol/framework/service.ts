// The calls of plugin protocol 6, each with the function that answers it.
import { inspect } from "node:util";
import { type handleUnaryCall, status } from "@grpc/grpc-js";
import { visible, visibleLines } from "../../../text/index.ts";
import type { ProviderServer } from "../wire/tfplugin6.generated.ts";
import { callFunction } from "./function-calls.ts";
import type { Operations } from "./operations.ts";
import type { Provider } from "./provider.ts";
import {
  configureProvider,
  getMetadata,
  getProviderSchema,
  readDataSource,
  validateDataSourceConfig,
  validateProviderConfig,
  validateResourceConfig,
} from "./provider-calls.ts";
import { applyResourceChange, planResourceChange, readResource } from "./resource-calls.ts";
import { functionOnWire } from "./schema-wire.ts";
import { importResourceState, moveResourceState, upgradeResourceState } from "./state-calls.ts";

function unary<Request, Response>(
  answer: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return async (call, callback) => {
    try {
      callback(null, await answer(call.request));
    } catch (error) {
      // Operations turn what is thrown into diagnostics, so that only a bug of this framework comes here.
      console.error(visibleLines(inspect(error)));
      const details = visible(error instanceof Error ? error.message : String(error));
      callback({ code: status.INTERNAL, details });
    }
  };
}

/** The service that Terraform calls, for a provider. */
export function providerService<Client>(
  provider: Provider<Client>,
  operations: Operations<Client>,
): ProviderServer {
  return {
    getMetadata: unary(() => getMetadata(provider)),
    getProviderSchema: unary(() => getProviderSchema(provider)),
    validateProviderConfig: unary((request) => validateProviderConfig(provider, operations, request)),
    validateResourceConfig: unary((request) => validateResourceConfig(provider, operations, request)),
    validateDataResourceConfig: unary((request) => validateDataSourceConfig(provider, operations, request)),
    upgradeResourceState: unary((request) => upgradeResourceState(provider, operations, request)),
    configureProvider: unary((request) => configureProvider(provider, operations, request)),
    readResource: unary((request) => readResource(provider, operations, request)),
    planResourceChange: unary((request) => planResourceChange(provider, operations, request)),
    applyResourceChange: unary((request) => applyResourceChange(provider, operations, request)),
    importResourceState: unary((request) => importResourceState(provider, operations, request)),
    moveResourceState: unary((request) => moveResourceState(provider, operations, request)),
    readDataSource: unary((request) => readDataSource(provider, operations, request)),
    getFunctions: unary(() => ({
      functions: Object.fromEntries(
        Object.entries(provider.functions ?? {}).map(([name, described]) => [
          name,
          functionOnWire(described),
        ]),
      ),
      diagnostics: [],
    })),
    callFunction: unary((request) => operations.track(() => callFunction(provider, request))),
    stopProvider: unary(() => {
      operations.stop();
      return { Error: "" };
    }),
  };
}
