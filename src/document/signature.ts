// Signatures of saved plans. Only the holder of the secret key can make or alter a plan, and nothing about the key can
// be learned from it.
import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/** A key for one purpose, which reveals neither the secret key nor the keys for other purposes. */
const derived = (secretKey: string, purpose: string, bytes: number): Buffer =>
  Buffer.from(hkdfSync("sha256", secretKey, "", `autumn-balances saved plan 1: ${purpose}`, bytes));

/** Distinguishes a plan of another key from an altered one. */
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
