// Replaces `${name}` in the texts of a template by the value of the parameter. One pass: inserted values are not
// searched again, so nothing can grow or recurse.
import type { ParameterValue } from "../../schema/index.ts";
import { pointerTo } from "../yaml/pointer.ts";

/** The value of a template parameter, and where it is written. */
export interface Argument {
  readonly value: ParameterValue;
  /** JSON pointer into the file. */
  readonly pointer: string;
}

export interface Substituted {
  readonly value: unknown;
  /**
   * For values that consist of a parameter only: where its value is written. Keys are pointers relative to the field.
   */
  readonly sources: ReadonlyMap<string, string>;
  /** Names that are not parameters, or `null` for a `${` without an end; pointers are relative to the field. */
  readonly unknown: readonly { readonly name: string | null; readonly pointer: string }[];
}

/** `$${` stands for a literal `${`. */
const PARAMETER = /\$?\$\{([^{}]*)(\}?)/g;
const ONLY_PARAMETER = /^\$\{([^{}]*)\}$/;

export function substitute(value: unknown, parameters: ReadonlyMap<string, Argument>): Substituted {
  const sources = new Map<string, string>();
  const unknown: { name: string | null; pointer: string }[] = [];

  const fill = (text: string, pointer: string): unknown => {
    const only = ONLY_PARAMETER.exec(text)?.[1]?.trim();
    const whole = only === undefined ? undefined : parameters.get(only);
    if (whole !== undefined) {
      sources.set(pointer, whole.pointer);
      return whole.value;
    }
    return text.replace(PARAMETER, (written: string, name: string, end: string) => {
      if (written.startsWith("$$")) return written.slice(1);
      const argument = end === "" ? undefined : parameters.get(name.trim());
      if (argument !== undefined) return String(argument.value);
      unknown.push({ name: end === "" ? null : name.trim(), pointer });
      return written;
    });
  };

  const visit = (inner: unknown, pointer: string): unknown => {
    if (typeof inner === "string") return inner.includes("${") ? fill(inner, pointer) : inner;
    if (Array.isArray(inner)) return inner.map((item, index) => visit(item, pointerTo(pointer, `${index}`)));
    if (typeof inner !== "object" || inner === null) return inner;
    const filled: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(inner)) {
      setOwn(filled, name, visit(field, pointerTo(pointer, name)));
    }
    return filled;
  };

  return { value: visit(value, ""), sources, unknown };
}

/** Sets an own field whatever its name, even `__proto__`. */
export function setOwn(object: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}
