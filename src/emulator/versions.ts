// The API versions a request may name in x-api-version.

const SEMANTIC = /^(?:0\.[12]|1\.[0-4]|2\.[0-5])(?:\.0)?$/;
const CALENDAR = /^20\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

/** Whether the server knows the version: semantic (2.3.0), short (2.3) or by calendar (2025-04-17). */
export function isKnownVersion(version: string): boolean {
  return SEMANTIC.test(version) || CALENDAR.test(version);
}

/** Whether a semantic version is `major.minor` or later; one by calendar, or none, never is. */
export function isSince(version: string | null, major: number, minor: number): boolean {
  if (version === null || !SEMANTIC.test(version)) return false;
  const [ofMajor = 0, ofMinor = 0] = version.split(".").map(Number);
  return ofMajor > major || (ofMajor === major && ofMinor >= minor);
}
