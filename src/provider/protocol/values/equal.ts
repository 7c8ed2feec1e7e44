// Whether two values are the same to Terraform.
import { type CtyNumber, ExactDecimal, sameNumber } from "./number.ts";
import { type CtyValue, TypedValue } from "./value.ts";

const isNumber = (value: CtyValue): value is CtyNumber =>
  typeof value === "number" || typeof value === "bigint" || value instanceof ExactDecimal;

/** Deep equality; numbers by what they mean, and unknown equal to unknown. Sets must have the same order. */
export function sameValue(one: CtyValue, other: CtyValue): boolean {
  if (one === other) return true;
  if (isNumber(one) && isNumber(other)) return sameNumber(one, other);
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (isNumber(one) || isNumber(other)) return false;
  if (one instanceof TypedValue || other instanceof TypedValue) {
    if (!(one instanceof TypedValue && other instanceof TypedValue)) return false;
    return JSON.stringify(one.type) === JSON.stringify(other.type) && sameValue(one.value, other.value);
  }
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!(Array.isArray(one) && Array.isArray(other)) || one.length !== other.length) return false;
    return one.every((item, index) => sameValue(item, other[index] ?? null));
  }
  const left = one as { readonly [key: string]: CtyValue };
  const right = other as { readonly [key: string]: CtyValue };
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && sameValue(left[key] ?? null, right[key] ?? null));
}
