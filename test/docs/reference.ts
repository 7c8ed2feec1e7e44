// The references in documents: of balances.yaml, derived from the definitions in src/schema, and of action.yml.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { FACT_GROUPS, PROMISES } from "../../src/doctor/index.ts";
import {
  balanceFields,
  balanceRules,
  balancesFileSchema,
  type Field,
  type Fields,
} from "../../src/schema/index.ts";
import { ROOT } from "./session.ts";

/** Puts every generated part of a document in place anew: what stands between its two comments. */
export function withReference(markdown: string): string {
  const parts: Record<string, () => string> = {
    "file settings": () => table(["Setting", "Value", "Meaning"], settingRows()),
    "balance fields": () => table(["Field", "Value", "Meaning"], fieldRows(balanceFields)),
    "balance rules": () => ruleLines().join("\n"),
    "doctor facts": () => FACT_GROUPS.map(factsOf).join("\n\n"),
    "action inputs": () => table(["Input", "Left out", "Meaning"], inputRows()),
    "action outputs": () => table(["Output", "Meaning"], outputRows()),
  };
  return markdown.replaceAll(
    /(<!-- generated: ([\w ]+) -->\n).*?(<!-- end -->)/gs,
    (_, begin: string, name: string, end: string) => {
      const part = parts[name];
      if (!part) throw new Error(`nothing generates "${name}"`);
      return `${begin}\n${part()}\n\n${end}`;
    },
  );
}

/** Columns are as wide as their widest cell, so that the table can be read in an editor as well. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const escaped = [head, ...rows].map((cells) => cells.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) => Math.max(...escaped.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  const [first, ...others] = escaped.map(line);
  return [first, rule, ...others].join("\n");
}

const A_MOMENT = "RFC 3339, or ms since 1970";

const code = (value: unknown): string => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;

function fieldRows(fields: Fields, prefix = ""): string[][] {
  return Object.entries(fields).flatMap(([name, field]) => [
    [code(prefix + name), writtenAs(field), field.description],
    ...(field.type === "object" || field.type === "list" ? fieldRows(field.fields, `${prefix}${name}.`) : []),
  ]);
}

function writtenAs(field: Field): string {
  const value = kindOf(field);
  if (field.required) return `${value}, required`;
  return field.default === undefined ? value : `${value}; left out: ${code(field.default)}`;
}

function kindOf(field: Field): string {
  switch (field.type) {
    case "string":
      return field.enum ? field.enum.map(code).join(", ") : "text";
    case "boolean":
      return "`true`, `false`";
    case "instant":
      return A_MOMENT;
    case "list":
      return `list, such as ${code(inYaml(field.examples?.[0]))}`;
    case "object":
      return `object, such as ${code(inYaml(field.examples?.[0]))}`;
    case "number":
    case "integer": {
      const kind = field.type === "integer" ? "whole number" : "number";
      if (field.exclusiveMinimum === undefined) return `${kind}, ${field.minimum} to ${field.maximum}`;
      // The largest exact integer is a limit that nobody needs to be told of.
      const most = field.maximum === Number.MAX_SAFE_INTEGER ? "" : `, at most ${field.maximum}`;
      return `${kind} above ${field.exclusiveMinimum}${most}`;
    }
  }
}

/** `{ interval: month }`: as one would write it. */
function inYaml(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('"', "")
    .replaceAll(":", ": ")
    .replaceAll(",", ", ")
    .replace(/^\{(.*)\}$/, "{ $1 }");
}

interface Setting {
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly type?: string;
  readonly anyOf?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly description: string;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Setting>>;
}

function settingRows(): string[][] {
  const schema = balancesFileSchema() as unknown as Setting & { readonly required: readonly string[] };
  const rows = (properties: Readonly<Record<string, Setting>>, prefix: string): string[][] =>
    Object.entries(properties).flatMap(([name, setting]) =>
      setting.properties
        ? rows(setting.properties, `${prefix}${name}.`)
        : [
            [
              code(prefix + name),
              settingValue(setting, schema.required.includes(prefix + name)),
              setting.description,
            ],
          ],
    );
  return rows(schema.properties ?? {}, "");
}

function settingValue(setting: Setting, required: boolean): string {
  const value = settingKind(setting);
  if (required) return `${value}, required`;
  return setting.default === undefined ? value : `${value}; left out: ${code(setting.default)}`;
}

function settingKind(setting: Setting): string {
  const { const: only, anyOf, enum: values, type, minimum, maximum, examples } = setting;
  // Only a moment is written in one of two types.
  if (anyOf) return A_MOMENT;
  if (only !== undefined) return code(only);
  if (values) return values.map(code).join(", ");
  if (type === "boolean") return "`true`, `false`";
  if (type === "array") return "list";
  if (type === "object") return `object, such as ${code(inYaml(examples?.[0]))}`;
  if (type === "string") return "text";
  const kind = type === "integer" ? "whole number" : "number";
  return maximum === undefined ? `${kind} from ${minimum}` : `${kind}, ${minimum} to ${maximum}`;
}

/** What no single field can say: which exclude or need each other. */
function ruleLines(): string[] {
  return balanceRules.map(({ refuses, message }) => {
    const names = refuses.map((path) => `\`${path.join(".")}\``);
    const fields = names.length > 1 ? `${names.slice(0, -1).join(", ")} or ${names.at(-1)}` : names.join("");
    const text = message.replace("`{field}`", fields);
    return folded(`- ${text[0] === "`" ? text : `${text[0]?.toUpperCase()}${text.slice(1)}`}.`);
  });
}

/** A point of a list in lines of at most 118 characters. */
function folded(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= 118) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(`  ${word}`);
  }
  return lines.join("\n");
}

function factsOf({ title, facts }: (typeof FACT_GROUPS)[number]): string {
  const rows = facts.map(({ id, expected, promise, otherwise, needs = [] }) => [
    code(id),
    `${expected[0]?.toUpperCase()}${expected.slice(1)}.`,
    PROMISES[promise],
    otherwise,
    needs.map(code).join(", "),
  ]);
  const head = ["Fact", "What is expected", "Weaker otherwise", "What follows otherwise", "Follows from"];
  return `### ${title}\n\n${table(head, rows)}`;
}

interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
}

const action = (): ActionFile => parse(readFileSync(join(ROOT, "action.yml"), "utf8"));

function inputRows(): string[][] {
  return Object.entries(action().inputs).map(([name, input]) => [
    code(name),
    input.default === undefined ? "" : code(input.default),
    input.description.trim(),
  ]);
}

const outputRows = (): string[][] =>
  Object.entries(action().outputs).map(([name, { description }]) => [code(name), description.trim()]);
