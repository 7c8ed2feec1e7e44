// The calls that bring states from elsewhere: upgrade, import, move.
import { decodeJson } from "../values/decode.ts";
import type { CtyObject } from "../values/value.ts";
import type {
  ImportResourceState_Request,
  ImportResourceState_Response,
  MoveResourceState_Request,
  MoveResourceState_Response,
  UpgradeResourceState_Request,
  UpgradeResourceState_Response,
} from "../wire/tfplugin6.generated.ts";
import { DiagnosticError } from "./diagnostics.ts";
import { objectToDynamic } from "./dynamic.ts";
import type { Operations } from "./operations.ts";
import type { Context, Provider, Resource } from "./provider.ts";
import { required, resourceOf } from "./resource-calls.ts";
import { type Schema, typeOfSchema } from "./schema.ts";

type Reply<R> = Omit<R, "diagnostics">;

export function upgradeResourceState<Client>(
  provider: Provider<Client>,
  operations: Operations<Client>,
  request: UpgradeResourceState_Request,
): Promise<UpgradeResourceState_Response> {
  return operations.answer<Reply<UpgradeResourceState_Response>>(
    `Upgrading the state of ${request.typeName}`,
    async (context) => {
      const resource = resourceOf(provider, request.typeName);
      const state = await upgraded(resource, request, context);
      return { upgradedState: objectToDynamic(state, resource.schema) };
    },
    () => ({}),
  );
}

async function upgraded(
  resource: Resource,
  request: UpgradeResourceState_Request,
  context: Context,
): Promise<CtyObject> {
  const current = resource.schema.version ?? 0;
  const { version, typeName } = request;
  const json = request.rawState?.json ?? Buffer.alloc(0);
  const read = (schema: Schema): CtyObject =>
    // Attributes come and go without a new version; those that are gone are left out.
    required(decodeJson(json, typeOfSchema(schema), { lenient: true }) as CtyObject | null, "state");
  if (json.length === 0)
    throw new DiagnosticError(`The state of ${typeName} is of Terraform 0.11 or before, which can't be read`);
  if (version === current) return read(resource.schema);
  if (version > current)
    throw new DiagnosticError(`The state of ${typeName} was written by a newer version of this provider`, {
      detail: `It has the schema version ${version}; this provider knows versions up to ${current}. Use the newer one.`,
    });
  const upgrader = resource.upgrade?.[version];
  if (upgrader === undefined)
    throw new DiagnosticError(`The state of ${typeName} has the schema version ${version}, which is unknown`);
  return upgrader.upgrade(read(upgrader.schema), context);
}

export function importResourceState<Client>(
  provider: Provider<Client>,
  operations: Operations<Client>,
  request: ImportResourceState_Request,
): Promise<ImportResourceState_Response> {
  return operations.answer<Reply<ImportResourceState_Response>>(
    `Importing ${request.typeName}`,
    async (context) => {
      const { typeName, id } = request;
      const resource = resourceOf(provider, typeName);
      if (resource.import === undefined) throw new DiagnosticError(`${typeName} can't be imported`);
      const imported = await resource.import(id, operations.withClient(context));
      const state = objectToDynamic(imported.state, resource.schema);
      return { importedResources: [{ typeName, state, private: Buffer.from(imported.private ?? []) }] };
    },
    () => ({ importedResources: [] }),
  );
}

/** No resource takes over the state of one of another type. */
export function moveResourceState<Client>(
  provider: Provider<Client>,
  operations: Operations<Client>,
  { sourceTypeName, targetTypeName }: MoveResourceState_Request,
): Promise<MoveResourceState_Response> {
  return operations.answer<Reply<MoveResourceState_Response>>(
    `Moving ${sourceTypeName} to ${targetTypeName}`,
    () => {
      resourceOf(provider, targetTypeName);
      throw new DiagnosticError(`${targetTypeName} can't take over the state of ${sourceTypeName}`);
    },
    () => ({}),
  );
}
