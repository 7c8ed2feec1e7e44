// Checks answers field by field: nothing from outside is trusted to have the right type.
import { AutumnError } from "./error.ts";

/** An object with unknown fields. */
export type Fields = { readonly [name: string]: unknown };

/** Reads answers of one call; errors name the call and the field. */
export class Reader {
  constructor(private readonly call: string) {}

  fail(what: string): never {
    throw new AutumnError(`${this.call} answered something unexpected: ${what}`, {
      outcome: "unknown",
      call: this.call,
      code: "unexpected_answer",
    });
  }

  object(value: unknown, name: string): Fields {
    if (value === null || typeof value !== "object" || Array.isArray(value))
      this.fail(`${name} is not an object`);
    return value as Fields;
  }

  list(value: unknown, name: string): readonly unknown[] {
    if (!Array.isArray(value)) this.fail(`${name} is not a list`);
    return value;
  }

  text(value: unknown, name: string): string {
    if (typeof value !== "string" || value === "") this.fail(`${name} is not a text`);
    return value;
  }

  textOrNull(value: unknown, name: string): string | null {
    return value === null || value === undefined ? null : this.text(value, name);
  }

  number(value: unknown, name: string): number {
    if (typeof value !== "number" || !Number.isFinite(value)) this.fail(`${name} is not a number`);
    return value;
  }

  numberOrNull(value: unknown, name: string): number | null {
    return value === null || value === undefined ? null : this.number(value, name);
  }

  /** `undefined` if the field is missing or null. */
  flag(value: unknown, name: string): boolean | undefined {
    if (value === null || value === undefined) return undefined;
    if (typeof value !== "boolean") this.fail(`${name} is not true or false`);
    return value;
  }
}
