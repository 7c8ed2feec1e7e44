// Turns messages about a balances file into the terms of a Terraform configuration.

/** A hint as a sentence; hints begin with a word of ours, and never with an id. */
export const sentence = (text: string): string =>
  `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}${/[.?!]$/.test(text) ? "" : "."}`;

/** A text as a configuration has to write it. */
export const quotedInHcl = (text: string): string => literal(JSON.stringify(text));

/** Terraform fills in `${…}` and `%{…}` within quotes; text from outside has to stay as it is. */
const literal = (text: string): string => text.replaceAll(/[$%](?=\{)/g, "$&$&");

/** What stands in backticks is code: a field, or one with its value. */
const CODE = /`([^`]+)`/g;

/** An entry is a resource, `id` is `balance_id`, and `reset: { interval: month }` is `reset = { interval = "month" }`. */
export const inHcl = (text: string): string =>
  text
    .replaceAll("the entry", "the resource")
    .replaceAll("an `id`", "a `id`")
    .replace(", or with `|-`", "")
    .replace(CODE, (_, code: string) => `\`${codeInHcl(code)}\``);

function codeInHcl(code: string): string {
  const [, name, value] = /^(\w+): (.+)$/s.exec(code) ?? [];
  if (name === undefined || value === undefined) return code === "id" ? "balance_id" : code;
  return `${name === "id" ? "balance_id" : name} = ${valueInHcl(value)}`;
}

function valueInHcl(value: string): string {
  const [, inside] = /^\{ (.*) \}$/.exec(value) ?? [];
  if (inside !== undefined) return `{ ${inside.split(", ").map(codeInHcl).join(", ")} }`;
  if (/^".*"$/s.test(value)) return literal(value);
  return /^(?:-?\d[\d.]*|true|false|…)$/.test(value) ? value : quotedInHcl(value);
}
