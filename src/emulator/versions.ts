// The API versions a request may name in x-api-version.

const SEMANTIC = /^(?:0\.[12]|1\.[0-4]|2\.[0-5])(?:\.0)?$/;
const CALENDAR = /^20\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

/** Whether the server knows the version: semantic (2.3.0), short (2.3) or by calendar (2025-04-17). */
export function isKnownVersion(version: string): boolean {
  return SEMANTIC.test(version) || CALENDAR.test(version);
}
