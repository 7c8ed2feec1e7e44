// Reads a hostile JSON body field by field. Every complaint names the field and is a 400 invalid_inputs.
import { invalidInputs } from "./errors.ts";

type Json = Readonly<Record<string, unknown>>;

/** Bodies nested deeper than this are refused, so that nothing later runs out of stack. */
const MAX_DEPTH = 64;

/** Whether a JSON text is nested too deep to be looked into. */
export function isTooDeep(text: string): boolean {
  return nesting(text) > MAX_DEPTH;
}

/**
 * Parses a request body. An empty, unreadable or null body counts as `{}`, as on the real server, where it
 * then fails for the fields it lacks.
 */
export function parseBody(text: string): Json {
  if (isTooDeep(text)) throw invalidInputs(`body: nested deeper than ${MAX_DEPTH} levels`);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = {};
  }
  if (body === null) return {};
  if (!isObject(body)) throw invalidInputs(`body: expected object, received ${typeName(body)}`);
  return body;
}

function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (quoted) {
      if (character === "\\") i++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "{" || character === "[") deepest = Math.max(deepest, ++depth);
    else if (character === "}" || character === "]") depth--;
  }
  return deepest;
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** One object of a body. `at` is its path, for messages. */
export class Fields {
  readonly #object: Json;
  readonly #at: string;

  constructor(object: unknown, at = "") {
    if (!isObject(object)) {
      throw invalidInputs(`${at || "body"}: expected object, received ${typeName(object)}`);
    }
    this.#object = object;
    this.#at = at;
  }

  /** The value as it came; undefined when absent. Inherited names such as `toString` are absent. */
  raw(name: string): unknown {
    return Object.hasOwn(this.#object, name) ? this.#object[name] : undefined;
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  names(): string[] {
    return Object.keys(this.#object);
  }

  path(name: string): string {
    return this.#at ? `${this.#at}.${name}` : name;
  }

  string(name: string): string {
    return this.optionalString(name) ?? this.#missing(name, "string");
  }

  optionalString(name: string): string | undefined {
    const value = this.raw(name);
    return value === undefined || typeof value === "string" ? value : this.#wrong(name, "string", value);
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.raw(name);
    return value === undefined || typeof value === "boolean" ? value : this.#wrong(name, "boolean", value);
  }

  optionalNumber(name: string): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (typeof value !== "number") return this.#wrong(name, "number", value);
    if (!Number.isFinite(value)) throw invalidInputs(`${this.path(name)}: expected a finite number`);
    return value;
  }

  number(name: string): number {
    return this.optionalNumber(name) ?? this.#missing(name, "number");
  }

  /** A whole number from `min` to `max`, or `fallback` when absent. */
  integer(name: string, min: number, max: number, fallback: number): number {
    const value = this.optionalNumber(name) ?? fallback;
    if (!Number.isInteger(value) || value < min || value > max) {
      throw invalidInputs(`${this.path(name)}: expected an integer from ${min} to ${max}, received ${value}`);
    }
    return value;
  }

  optionalChoice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const choice = choices.find((candidate) => candidate === value);
    if (choice !== undefined) return choice;
    const options = choices.map((candidate) => `"${candidate}"`).join("|");
    throw invalidInputs(`${this.path(name)}: Invalid option: expected one of ${options}`);
  }

  choice<T extends string>(name: string, choices: readonly T[]): T {
    return this.optionalChoice(name, choices) ?? this.#missing(name, "string");
  }

  optionalObject(name: string): Fields | undefined {
    const value = this.raw(name);
    return value === undefined ? undefined : new Fields(value, this.path(name));
  }

  optionalArray(name: string): readonly unknown[] | undefined {
    const value = this.raw(name);
    return value === undefined || Array.isArray(value) ? value : this.#wrong(name, "array", value);
  }

  /** The object's own members as plain data. */
  data(): Json {
    return this.#object;
  }

  #missing(name: string, wanted: string): never {
    throw invalidInputs(`${this.path(name)}: expected ${wanted}, received undefined`);
  }

  #wrong(name: string, wanted: string, value: unknown): never {
    throw invalidInputs(`${this.path(name)}: expected ${wanted}, received ${typeName(value)}`);
  }
}
