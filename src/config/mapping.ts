// A mapping in a balances file, as a plain value.

export type Fields = Readonly<Record<string, unknown>>;

export const isMapping = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
