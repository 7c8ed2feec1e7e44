// The calls about the provider itself, its data sources, and the validation of every kind of configuration.
import type { CtyObject } from "../values/value.ts";
import type {
  ConfigureProvider_Request,
  ConfigureProvider_Response,
  DynamicValue,
  GetMetadata_Response,
  GetProviderSchema_Response,
  ReadDataSource_Request,
  ReadDataSource_Response,
  ServerCapabilities,
  ValidateDataResourceConfig_Request,
  ValidateProviderConfig_Request,
  ValidateProviderConfig_Response,
  ValidateResourceConfig_Request,
  ValidateResourceConfig_Response,
} from "../wire/tfplugin6.generated.ts";
import { DiagnosticError } from "./diagnostics.ts";
import { objectFromDynamic, objectToDynamic } from "./dynamic.ts";
import type { Operations } from "./operations.ts";
import type { Context, DataSource, Provider } from "./provider.ts";
import { required, resourceOf } from "./resource-calls.ts";
import type { Schema } from "./schema.ts";
import { functionOnWire, schemaOnWire } from "./schema-wire.ts";

type Reply<R> = Omit<R, "diagnostics">;

function mapped<A, B>(named: { readonly [name: string]: A } | undefined, to: (a: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(named ?? {}).map(([name, value]) => [name, to(value)]));
}

const CAPABILITIES: ServerCapabilities = {
  planDestroy: true,
  getProviderSchemaOptional: true,
  moveResourceState: false,
};

export function getProviderSchema<Client>(provider: Provider<Client>): GetProviderSchema_Response {
  return {
    provider: schemaOnWire(provider.schema),
    resourceSchemas: mapped(provider.resources, (resource) => schemaOnWire(resource.schema)),
    dataSourceSchemas: mapped(provider.dataSources, (source) => schemaOnWire(source.schema)),
    functions: mapped(provider.functions, functionOnWire),
    ephemeralResourceSchemas: {},
    serverCapabilities: CAPABILITIES,
    diagnostics: [],
  };
}

export function getMetadata<Client>(provider: Provider<Client>): GetMetadata_Response {
  const typeNames = (named: object | undefined) => Object.keys(named ?? {}).map((typeName) => ({ typeName }));
  return {
    serverCapabilities: CAPABILITIES,
    diagnostics: [],
    dataSources: typeNames(provider.dataSources),
    resources: typeNames(provider.resources),
    functions: Object.keys(provider.functions ?? {}).map((name) => ({ name })),
    ephemeralResources: [],
  };
}

function dataSourceOf<Client>(provider: Provider<Client>, type: string): DataSource<Schema, Client> {
  const { dataSources } = provider;
  const source = dataSources && Object.hasOwn(dataSources, type) ? dataSources[type] : undefined;
  if (source === undefined)
    throw new DiagnosticError(`The provider has no data source ${JSON.stringify(type)}`);
  return source;
}

interface Validated {
  readonly schema: Schema;
  validate?(config: CtyObject, context: Context): void | Promise<void>;
}

/** Attributes that only the provider sets. Terraform leaves it to providers to refuse them, and else drops what they say. */
const writtenReadOnly = (config: CtyObject, { attributes }: Schema): string[] =>
  Object.entries(attributes)
    .filter(([, { required, optional, computed }]) => computed === true && !optional && !required)
    .map(([name]) => name)
    .filter((name) => (config[name] ?? null) !== null);

function validated<Client>(
  operations: Operations<Client>,
  what: string,
  config: DynamicValue | undefined,
  find: () => Validated,
): Promise<ValidateResourceConfig_Response> {
  return operations.answer<object>(
    `Validating ${what}`,
    async (context) => {
      const validating = find();
      const object = required(objectFromDynamic(config, validating.schema), "configuration");
      for (const name of writtenReadOnly(object, validating.schema)) {
        const detail =
          "Remove it: it is read from what is there, and what a configuration says of it has no effect.";
        context.report({ severity: "error", summary: `\`${name}\` cannot be set`, detail, path: [name] });
      }
      await validating.validate?.(object, context);
      return {};
    },
    () => ({}),
  );
}

export const validateProviderConfig = <Client>(
  provider: Provider<Client>,
  operations: Operations<Client>,
  request: ValidateProviderConfig_Request,
): Promise<ValidateProviderConfig_Response> =>
  validated(operations, `provider ${provider.name}`, request.config, () => provider);

export const validateResourceConfig = <Client>(
  provider: Provider<Client>,
  operations: Operations<Client>,
  request: ValidateResourceConfig_Request,
): Promise<ValidateResourceConfig_Response> =>
  validated(operations, request.typeName, request.config, () => resourceOf(provider, request.typeName));

export const validateDataSourceConfig = <Client>(
  provider: Provider<Client>,
  operations: Operations<Client>,
  request: ValidateDataResourceConfig_Request,
): Promise<ValidateResourceConfig_Response> =>
  validated(operations, request.typeName, request.config, () => dataSourceOf(provider, request.typeName));

export function configureProvider<Client>(
  provider: Provider<Client>,
  operations: Operations<Client>,
  request: ConfigureProvider_Request,
): Promise<ConfigureProvider_Response> {
  return operations.answer<object>(
    `Configuring provider ${provider.name}`,
    async (context) => {
      const config = required(objectFromDynamic(request.config, provider.schema), "configuration");
      const { terraformVersion } = request;
      operations.configured(await provider.configure(config, { ...context, terraformVersion }));
      return {};
    },
    () => ({}),
  );
}

export function readDataSource<Client>(
  provider: Provider<Client>,
  operations: Operations<Client>,
  request: ReadDataSource_Request,
): Promise<ReadDataSource_Response> {
  return operations.answer<Reply<ReadDataSource_Response>>(
    `Reading data source ${request.typeName}`,
    async (context) => {
      const { schema, read } = boundRead(dataSourceOf(provider, request.typeName));
      const config = required(objectFromDynamic(request.config, schema), "configuration");
      return { state: objectToDynamic(await read(config, operations.withClient(context)), schema) };
    },
    () => ({}),
  );
}

const boundRead = <Client>(source: DataSource<Schema, Client>) => ({
  schema: source.schema,
  read: source.read.bind(source),
});
