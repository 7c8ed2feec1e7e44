// Explains what is wrong with a text: a number instead of an id, nothing, surrounding spaces, invisible characters.
import { NAMESPACE_RULE } from "../../schema/index.ts";

import { printable, quoted } from "../../text/index.ts";
import { yamlText } from "../entry-text.ts";
import { exampleOf } from "../yaml/schema-at.ts";
import { described } from "./described.ts";
import { assigned, type Explanation, explanation, isItem, type WrongValue } from "./explanation.ts";
import { explainSpace } from "./space.ts";

export function explainText({ name, value, written, schema }: WrongValue): Explanation {
  const field = `\`${printable(name)}\``;
  if (typeof value !== "string") {
    const kind = typeof value === "number" ? "the number " : "";
    const message = `${field} is ${kind}${described(value, written)}, but must be text`;
    const scalar = typeof value === "number" || typeof value === "boolean";
    const example = exampleOf(schema);
    const hint = scalar
      ? `quote it: \`${printable(assigned(name, quoted(written ?? String(value))))}\``
      : isId(name) || example === undefined
        ? "write text, such as an id"
        : `write text, for example \`${assigned(name, example)}\``;
    return explanation("not-text", message, hint);
  }
  // Only descriptive fields have a limit, ids do not.
  const most = /\{1,(\d+)\}/.exec(schema.pattern ?? "")?.[1];
  const maxLength = most === undefined ? undefined : Number(most);
  if (value === "") {
    const hint = isId(name) ? "write an id" : "write something, or remove the field";
    return explanation(maxLength === undefined ? "bad-id" : "bad-text", `${field} is empty`, hint);
  }
  if (name === "namespace") return explainNamespace(value);
  const is = `${field} is ${quoted(value)}`;
  const last = name.slice(name.lastIndexOf(".") + 1);
  if (maxLength !== undefined && value.length > maxLength && Array.from(value).length > maxLength) {
    const message = `${field} is longer than ${maxLength} characters`;
    return explanation("too-long", message, "say it in fewer words, and put the rest behind `ticket`");
  }
  if (/^\s|\s$/u.test(value)) {
    const { pattern } = schema;
    const isRight = (text: string) => pattern === undefined || new RegExp(pattern, "u").test(text);
    return explainSpace(is, { code: "bad-id", name: last, value, isRight });
  }
  if (/[\r\n]/.test(value)) {
    const message = `${is}, which has a line break in it`;
    return explanation("bad-id", message, `write it in one line: \`${assigned(last, "…")}\``);
  }
  const hidden = /[\p{Cc}\p{Cs}\u2028\u2029]/u.exec(value)?.[0];
  if (hidden !== undefined) {
    const message = `${is}, which has the control character ${printable(hidden)} in it`;
    return explanation("bad-id", message, "remove the character");
  }
  const generation = /~\d+$/.exec(value)?.[0];
  if (generation !== undefined) {
    const message = `${is}, but may not end in ${printable(generation)}: that marks a replaced balance`;
    return explanation("bad-id", message, "choose another ending, such as -2");
  }
  return explanation("bad-id", `${is}, which cannot be an id`, "choose another id");
}

/** Fields that hold the name of something: a customer, a plan, a template, this balance. */
const isId = (name: string): boolean =>
  isItem(name) || /(?:^|[._])(?:id|adopt|plan|template|namespace)$/.test(name);

function explainNamespace(value: string): Explanation {
  const message = `\`namespace\` is ${quoted(value)}, but has to be ${NAMESPACE_RULE}`;
  const slug = value
    .slice(0, 64)
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+|-+$/g, "");
  return explanation("bad-namespace", message, `for example \`namespace: ${yamlText(slug || "contracts")}\``);
}
