// The calls about provider functions.
import { inspect } from "node:util";
import { visibleLines } from "../../../text/index.ts";
import type { CtyValue } from "../values/value.ts";
import { ValueError } from "../values/value.ts";
import type {
  CallFunction_Request,
  CallFunction_Response,
  FunctionError as WireFunctionError,
} from "../wire/tfplugin6.generated.ts";
import { FunctionError } from "./diagnostics.ts";
import { fromDynamic, toDynamic } from "./dynamic.ts";
import type { Provider, ProviderFunction } from "./provider.ts";

/** Runs a function. What it throws becomes the error of the answer. */
export async function callFunction<Client>(
  provider: Provider<Client>,
  request: CallFunction_Request,
): Promise<CallFunction_Response> {
  try {
    const { functions } = provider;
    const called = functions && Object.hasOwn(functions, request.name) ? functions[request.name] : undefined;
    if (called === undefined)
      throw new FunctionError(`The provider has no function ${JSON.stringify(request.name)}.`);
    return { result: toDynamic(await called.call(argumentsOf(called, request)), called.returns) };
  } catch (thrown) {
    return { error: errorOnWire(thrown, request.name) };
  }
}

function argumentsOf(called: ProviderFunction, request: CallFunction_Request): CtyValue[] {
  const { parameters, variadic } = called;
  const fits =
    request.arguments.length === parameters.length ||
    (variadic !== undefined && request.arguments.length > parameters.length);
  if (!fits)
    throw new FunctionError(
      `${parameters.length} arguments were expected, ${request.arguments.length} came.`,
    );
  return request.arguments.map((argument, index) => {
    const parameter = parameters[index] ?? variadic;
    try {
      return fromDynamic(argument, parameter?.type ?? "dynamic");
    } catch (error) {
      throw new FunctionError((error as Error).message, index);
    }
  });
}

function errorOnWire(thrown: unknown, name: string): WireFunctionError {
  if (thrown instanceof FunctionError)
    return {
      text: visibleLines(thrown.message),
      ...(thrown.argument !== undefined && { functionArgument: thrown.argument }),
    };
  if (!(thrown instanceof ValueError)) console.error(visibleLines(`function ${name}: ${inspect(thrown)}`));
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { text: `${visibleLines(message)}\n\nThis is a mistake in the provider: please report it.` };
}
