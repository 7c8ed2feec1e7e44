// Explains whitespace around a text, which `|` and `>` leave behind, too.
import { printable } from "../../text/index.ts";
import { yamlText } from "../entry-text.ts";
import { assigned, type Explanation, explanation } from "./explanation.ts";

interface Spaced {
  readonly code: string;
  /** The field, without its parents. */
  readonly name: string;
  readonly value: string;
  /** Whether a text is valid. */
  readonly isRight: (text: string) => boolean;
  /** How a file writes it, if not as text. */
  readonly written?: (text: string) => string;
}

/** @param is the field and its value, with which messages begin */
export function explainSpace(
  is: string,
  { code, name, value, isRight, written = yamlText }: Spaced,
): Explanation {
  const isAtStart = /^\s/u.test(value);
  const space = (isAtStart ? /^\s+/u : /\s+$/u).exec(value)?.[0] ?? "";
  const message = `${is}, with ${nameOfSpace(space)} at its ${isAtStart ? "start" : "end"}`;
  if (!/[\r\n]/.test(value))
    return explanation(code, message, `remove ${HIDDEN_SPACE.test(space) ? "it" : "the space"}`);
  const meant = value.trim();
  if (meant === "" || /[\r\n]/.test(meant) || !isRight(meant))
    return explanation(code, message, `write it in one line: \`${assigned(name, "…")}\``);
  const inOneLine = `write it in one line: \`${assigned(name, printable(written(meant)))}\``;
  return explanation(code, message, isAtStart ? inOneLine : `${inOneLine}, or with \`|-\``);
}

const HIDDEN_SPACE = /[^ ]/u;

function nameOfSpace(space: string): string {
  if (/[\r\n]/.test(space)) return "a line break";
  if (space.includes("\t")) return "a tab";
  const hidden = HIDDEN_SPACE.exec(space)?.[0];
  return hidden === undefined ? "a space" : `the space ${printable(hidden)}`;
}
