// The calls about resources' changes: read, plan, apply.
import type { CtyObject } from "../values/value.ts";
import type {
  ApplyResourceChange_Request,
  ApplyResourceChange_Response,
  PlanResourceChange_Request,
  PlanResourceChange_Response,
  ReadResource_Request,
  ReadResource_Response,
} from "../wire/tfplugin6.generated.ts";
import { DiagnosticError } from "./diagnostics.ts";
import { pathOnWire } from "./diagnostics-wire.ts";
import { objectFromDynamic, objectToDynamic } from "./dynamic.ts";
import type { Operations } from "./operations.ts";
import { planWithUnknowns } from "./plan.ts";
import type { ClientContext, Provider, Resource, Stored } from "./provider.ts";
import type { Schema } from "./schema.ts";

const NO_BYTES = Buffer.alloc(0);

type Reply<R> = Omit<R, "diagnostics">;

/** The resource that a request is about. Throws when the provider has none of that name. */
export function resourceOf<Client>(provider: Provider<Client>, type: string): Resource<Schema, Client> {
  const { resources } = provider;
  const resource = resources && Object.hasOwn(resources, type) ? resources[type] : undefined;
  if (resource === undefined)
    throw new DiagnosticError(`The provider has no resource ${JSON.stringify(type)}`);
  return resource;
}

/** A configuration or a state that has to be there. */
export function required(object: CtyObject | null, what: string): CtyObject {
  if (object === null) throw new DiagnosticError(`The request has no ${what}`);
  return object;
}

const privateOf = (stored: { readonly private?: Uint8Array | undefined }, before: Buffer): Buffer =>
  stored.private === undefined ? before : Buffer.from(stored.private);

export function readResource<Client>(
  provider: Provider<Client>,
  operations: Operations<Client>,
  request: ReadResource_Request,
): Promise<ReadResource_Response> {
  return operations.answer<Reply<ReadResource_Response>>(
    `Reading ${request.typeName}`,
    async (context) => {
      const resource = resourceOf(provider, request.typeName);
      const state = required(objectFromDynamic(request.currentState, resource.schema), "state");
      const stored = await resource.read({ state, private: request.private }, operations.withClient(context));
      return stored === null
        ? { newState: objectToDynamic(null, resource.schema), private: NO_BYTES }
        : {
            newState: objectToDynamic(stored.state, resource.schema),
            private: privateOf(stored, request.private),
          };
    },
    () => ({ ...(request.currentState && { newState: request.currentState }), private: request.private }),
  );
}

export function planResourceChange<Client>(
  provider: Provider<Client>,
  operations: Operations<Client>,
  request: PlanResourceChange_Request,
): Promise<PlanResourceChange_Response> {
  return operations.answer<Reply<PlanResourceChange_Response>>(
    `Planning ${request.typeName}`,
    async (context) => {
      const resource = resourceOf(provider, request.typeName);
      const { schema } = resource;
      const prior = objectFromDynamic(request.priorState, schema);
      const proposed = objectFromDynamic(request.proposedNewState, schema);
      if (proposed === null) {
        const bytes =
          prior !== null && resource.planDelete
            ? await resource.planDelete(
                { state: prior, private: request.priorPrivate },
                operations.withClient(context),
              )
            : undefined;
        return {
          plannedState: objectToDynamic(null, schema),
          requiresReplace: [],
          plannedPrivate: privateOf({ private: bytes }, request.priorPrivate),
        };
      }
      const config = required(objectFromDynamic(request.config, schema), "configuration");
      const objects = { prior, proposed, config };
      const plan = resource.plan
        ? await resource.plan({ ...objects, private: request.priorPrivate }, operations.withClient(context))
        : { planned: planWithUnknowns(schema, objects) };
      return {
        plannedState: objectToDynamic(plan.planned, schema),
        requiresReplace: (plan.requiresReplace ?? []).map(pathOnWire),
        plannedPrivate: privateOf(plan, request.priorPrivate),
      };
    },
    () => ({
      ...(request.priorState && { plannedState: request.priorState }),
      requiresReplace: [],
      plannedPrivate: request.priorPrivate,
    }),
  );
}

export function applyResourceChange<Client>(
  provider: Provider<Client>,
  operations: Operations<Client>,
  request: ApplyResourceChange_Request,
): Promise<ApplyResourceChange_Response> {
  return operations.answer<Reply<ApplyResourceChange_Response>>(
    `Applying ${request.typeName}`,
    async (context) => {
      const resource = resourceOf(provider, request.typeName);
      const stored = await change(resource, request, operations.withClient(context));
      return {
        newState: objectToDynamic(stored?.state ?? null, resource.schema),
        private: stored ? privateOf(stored, request.plannedPrivate) : NO_BYTES,
      };
    },
    // As far as anybody knows nothing was changed: the stored state stays.
    () => ({ ...(request.priorState && { newState: request.priorState }), private: request.plannedPrivate }),
  );
}

async function change<Client>(
  resource: Resource<Schema, Client>,
  request: ApplyResourceChange_Request,
  context: ClientContext<Client>,
): Promise<Stored<Schema> | null> {
  const { schema } = resource;
  const prior = objectFromDynamic(request.priorState, schema);
  const planned = objectFromDynamic(request.plannedState, schema);
  if (planned === null) {
    const state = required(prior, "state");
    await resource.delete({ state, private: request.plannedPrivate }, context);
    return null;
  }
  const config = required(objectFromDynamic(request.config, schema), "configuration");
  const wanted = { planned, config, private: request.plannedPrivate };
  return prior === null ? resource.create(wanted, context) : resource.update({ ...wanted, prior }, context);
}
