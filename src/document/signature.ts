// Who has the secret key can make and alter a plan, and nobody else. Nothing of the key can be learned from it.
import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/** A key for one purpose, of which neither the secret key nor the other purposes' keys can be learned. */
const derived = (secretKey: string, purpose: string, bytes: number): Buffer =>
  Buffer.from(hkdfSync("sha256", secretKey, "", `autumn-balances saved plan 1: ${purpose}`, bytes));

/** Tells plans of other keys apart from those that were altered. */
export const keyIdOf = (secretKey: string): string => derived(secretKey, "id", 9).toString("base64url");

/** @param content parsed JSON, without its signature */
export function signatureOf(content: object, secretKey: string): string {
  const hmac = createHmac("sha256", derived(secretKey, "signature", 32));
  return `hmac-sha256:${hmac.update(JSON.stringify(content)).digest("base64url")}`;
}

export function isSignedBy(secretKey: string, content: object, signature: string): boolean {
  const expected = Buffer.from(signatureOf(content, secretKey));
  const given = Buffer.from(signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}
