// Puts the yaml package's syntax errors in words for the author of the file.
import type { ErrorCode, YAMLParseError } from "yaml";
import type { Problem } from "../../schema/index.ts";
import { printable } from "../../text/index.ts";

const QUOTE = 'quote it: "…"';

const HINTS: Partial<Record<ErrorCode, string>> = {
  ALIAS_PROPS: QUOTE,
  BAD_ALIAS: QUOTE,
  BAD_DQ_ESCAPE: "write \\\\ for a backslash, or use single quotes",
  BAD_INDENT: "indent what belongs together by the same number of spaces; close every [ and {",
  BAD_SCALAR_START: QUOTE,
  BLOCK_AS_IMPLICIT_KEY: 'one `name: value` a line; quote a value that has ": " in it',
  BLOCK_IN_FLOW: "close the [ or { above",
  MISSING_CHAR: "look for a missing `:`, `,`, quote or closing bracket",
  MULTILINE_IMPLICIT_KEY: "look for a missing `:`, a missing space after one, or a wrong indentation",
  UNEXPECTED_TOKEN: "look for a missing quote, or a bracket too many",
};

export function syntaxProblem(error: YAMLParseError): Problem {
  switch (error.code) {
    case "TAB_AS_INDENT":
      return { code: "yaml-tab", message: "a tab is used as indentation", hint: "indent with spaces" };
    case "NON_STRING_KEY":
      return { code: "name-not-text", message: "the name of a field must be plain text", hint: QUOTE };
    case "TAG_RESOLVE_FAILED":
      return { code: "yaml-tag", message: printable(error.message, 120), hint: "remove the tag" };
    default: {
      const message = `not valid YAML: ${printable(error.message.replace(/^[A-Z](?=[a-z])/, lower), 120)}`;
      const hint = HINTS[error.code];
      return { code: "yaml-syntax", message, ...(hint ? { hint } : {}) };
    }
  }
}

const lower = (letter: string): string => letter.toLowerCase();
