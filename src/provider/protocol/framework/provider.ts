// What a provider is made of: whoever writes a provider writes objects of these types. README.md shows one.
import type { CtyType } from "../values/type.ts";
import type { CtyValue, Path } from "../values/value.ts";
import type { Diagnostic } from "./diagnostics.ts";
import type { Planned, State } from "./infer.ts";
import type { Schema } from "./schema.ts";

type Awaitable<T> = T | Promise<T>;

/** Bytes that Terraform keeps beside a resource's state and never shows. */
export type Private = Uint8Array;

/** Given to every operation. */
export interface Context {
  /** Aborted when the user interrupts Terraform: finish what must be finished, and return. */
  readonly signal: AbortSignal;
  /** Reports without ending the operation. With an error, what is returned is still stored in the state. */
  report(diagnostic: Diagnostic): void;
}

/** Given to every operation that comes after the provider has been configured. */
export interface ClientContext<Client> extends Context {
  /** What `configure` returned. */
  readonly client: Client;
}

/** A provider, with what its operations work with (`Client`) and the schema of its configuration. */
export interface Provider<Client = unknown, S extends Schema = Schema> {
  /** The type part of the address, `autumn` in `autumn_balance`. */
  readonly name: string;
  readonly version: string;
  /** Where a configuration finds it, `registry.terraform.io/namespace/name`. Only debugging needs it. */
  readonly address?: string;
  readonly schema: S;
  validate?(config: Planned<S>, context: Context): Awaitable<void>;
  /** While planning, parts of the configuration may not be known yet. */
  configure(config: Planned<S>, context: ConfigureContext): Awaitable<Client>;
  readonly resources?: { readonly [type: string]: Resource<Schema, Client> };
  readonly dataSources?: { readonly [type: string]: DataSource<Schema, Client> };
  readonly functions?: { readonly [name: string]: ProviderFunction };
}

export interface ConfigureContext extends Context {
  readonly terraformVersion: string;
}

/**
 * A resource. Requests may come in parallel. States have every attribute; what is not set is null.
 * `Client` is what the provider's `configure` returns.
 */
export interface Resource<S extends Schema = Schema, Client = unknown> {
  readonly schema: S;
  /** Checks what the schema can't say. Comes before the provider is configured, and again with more known. */
  validate?(config: Planned<S>, context: Context): Awaitable<void>;
  /** States of older schema versions, by their version. Each is brought to the current version at once. */
  readonly upgrade?: { readonly [version: number]: Upgrader<S> };
  /** What is there now, or null when it is gone. */
  read(request: ReadRequest<S>, context: ClientContext<Client>): Awaitable<Stored<S> | null>;
  /** Without it, computed attributes are unknown when anything changes, and nothing forces a replacement. */
  plan?(request: PlanRequest<S>, context: ClientContext<Client>): Awaitable<Plan<S>>;
  /**
   * Errors and warnings about a destruction to come that is no part of a replacement.
   * @returns the private bytes that `delete` is given; left as they are when there are none
   */
  planDelete?(request: ReadRequest<S>, context: ClientContext<Client>): Awaitable<Private | undefined>;
  create(request: CreateRequest<S>, context: ClientContext<Client>): Awaitable<Stored<S>>;
  update(request: UpdateRequest<S>, context: ClientContext<Client>): Awaitable<Stored<S>>;
  delete(request: ReadRequest<S>, context: ClientContext<Client>): Awaitable<void>;
  /** The state that an id stands for, as far as `read` needs it to find the rest. */
  import?(id: string, context: ClientContext<Client>): Awaitable<Imported<S>>;
}

/** What is stored about a resource: its state and, where it has some, its private bytes. */
export interface Stored<S extends Schema> {
  readonly state: State<S>;
  /** Left as they are when absent. */
  readonly private?: Private | undefined;
}

/** As `Stored`; attributes that are not given are null. */
export interface Imported<S extends Schema> {
  readonly state: Partial<State<S>>;
  readonly private?: Private | undefined;
}

/** The resource as it was stored. */
export interface ReadRequest<S extends Schema> {
  readonly state: State<S>;
  readonly private: Private;
}

export interface PlanRequest<S extends Schema> {
  /** Null when it is to be created: also the second plan of a replacement. */
  readonly prior: State<S> | null;
  /** The configuration, with what it doesn't set taken from `prior` where it is computed. */
  readonly proposed: Planned<S>;
  readonly config: Planned<S>;
  readonly private: Private;
}

export interface Plan<S extends Schema> {
  /** What was configured must stay; what is computed may be known, unknown or as before. */
  readonly planned: Planned<S>;
  /** The attributes whose change makes Terraform destroy and create. */
  readonly requiresReplace?: readonly Path[];
  /** Given to create or update. */
  readonly private?: Private | undefined;
}

export interface CreateRequest<S extends Schema> {
  /** What was planned; only what the provider itself left open is unknown. */
  readonly planned: Planned<S>;
  readonly config: State<S>;
  readonly private: Private;
}

export interface UpdateRequest<S extends Schema> extends CreateRequest<S> {
  readonly prior: State<S>;
}

/** Brings states of one older version of a schema to the current one. */
export interface Upgrader<S extends Schema, Old extends Schema = Schema> {
  readonly schema: Old;
  upgrade(state: State<Old>, context: Context): Awaitable<State<S>>;
}

export interface DataSource<S extends Schema = Schema, Client = unknown> {
  readonly schema: S;
  validate?(config: Planned<S>, context: Context): Awaitable<void>;
  read(config: State<S>, context: ClientContext<Client>): Awaitable<State<S>>;
}

export interface FunctionParameter {
  readonly name: string;
  readonly type: CtyType;
  readonly description?: string;
  /** Without it, Terraform refuses null. */
  readonly allowNull?: boolean;
  /** Without it, the result is unknown when the argument is. */
  readonly allowUnknown?: boolean;
}

/** A pure function: `provider::autumn::name(…)`. Throws a FunctionError about an argument. */
export interface ProviderFunction {
  readonly summary: string;
  /** Markdown. */
  readonly description?: string;
  readonly parameters: readonly FunctionParameter[];
  /** More arguments than `parameters`, all of one type. */
  readonly variadic?: FunctionParameter;
  readonly returns: CtyType;
  call(args: readonly CtyValue[]): Awaitable<CtyValue>;
}
