// Parses one YAML 1.2 document, or says what is wrong with its syntax. JSON is YAML, so `.json` is read here, too. The
// yaml package's lexer, parser and composer are driven by hand: a text that is nested deeply enough exhausts the stack
// inside V8's regular expressions, which ends the process, and nothing can catch that.
import { Composer, type CST, type Document, Lexer, type ParsedNode, Parser } from "yaml";
import type { Problem } from "../../schema/index.ts";
import type { Lines } from "./lines.ts";
import { syntaxProblem } from "./syntax.ts";

/** How deep lists and mappings may nest; a balances file needs 5. */
const MAX_DEPTH = 100;
/**
 * How many pieces (words, spaces, signs) are read. Each takes about 200 bytes, so a text of nothing but signs would
 * exhaust memory; 8 million pieces are about 170,000 balances.
 */
const MAX_LEXEMES = 8_000_000;
/** A broken text causes many errors; the first few say what happened. */
const MAX_SYNTAX_PROBLEMS = 10;

export type YamlResult = { root: ParsedNode | null } | { problems: Problem[] };

export function yamlDocument(text: string, lines: Lines, maxLexemes = MAX_LEXEMES): YamlResult {
  const refuse = (offset: number, code: string, message: string, hint: string): YamlResult => ({
    problems: [{ code, message, hint, place: lines.place(offset) }],
  });

  const nul = text.indexOf("\0");
  if (nul !== -1) {
    return refuse(nul, "not-text", "a NUL byte: this is no text file", "save the file as plain UTF-8 text");
  }

  // YAML takes it for the end of a line; the parser does not, nor do editors that count lines.
  if (!text.includes("\n") && text.includes("\r")) {
    const hint = "save the file with the line ends of Unix or Windows";
    return refuse(text.indexOf("\r"), "lone-cr", "the lines end with CR alone, as on old Macs", hint);
  }

  const parser = new Parser();
  // Duplicate keys are found later, in linear time; the package compares every key with every other.
  const composer = new Composer({
    uniqueKeys: false,
    stringKeys: true,
    merge: false,
    resolveKnownTags: false,
  });
  let document: Document.Parsed | undefined;
  let hasDocument = false;
  let errorTokens = 0;

  for (const token of tokens(text, parser, maxLexemes)) {
    if (token === "too deep") {
      const hint = `a balances file needs no more than 5 levels; at most ${MAX_DEPTH} are read`;
      return refuse(parser.offset, "nested-too-deeply", "lists or mappings nest too deeply here", hint);
    }
    if (token === "too many") {
      const message = `the file is too large: it has more than ${maxLexemes} words, spaces and signs`;
      return refuse(parser.offset, "too-large", message, "split it into several files; they add up");
    }
    if (token.type === "directive" && !/^%YAML\s+1\.2\s*$/.test(token.source)) {
      const hint = "remove the line that starts with %; files are read as YAML 1.2";
      return refuse(token.offset, "yaml-directive", "YAML directives are not supported", hint);
    }
    if (token.type === "document" && hasDocument) {
      const sign = text.startsWith("---", token.offset) ? "---" : "...";
      const hint = `remove the \`${sign}\`, or write one file for each`;
      return refuse(token.offset, "several-documents", "a second YAML document starts here", hint);
    }
    hasDocument ||= token.type === "document";
    for (const composed of composer.next(token)) document ??= composed;
    if (token.type === "error" && ++errorTokens > MAX_SYNTAX_PROBLEMS) break;
  }
  for (const composed of composer.end(true, text.length)) document ??= composed;

  const errors = document?.errors ?? [];
  if (errors.length > 0) return { problems: syntaxProblems(errors, lines) };
  return { root: (document?.contents ?? null) as ParsedNode | null };
}

/** The tokens of a text. Ends early, with a text instead of a token, if there is too much of it. */
function* tokens(
  text: string,
  parser: Parser,
  maxLexemes: number,
): Generator<CST.Token | "too deep" | "too many", void> {
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > MAX_DEPTH) return yield "too deep";
    if (++lexemes > maxLexemes) return yield "too many";
  }
  yield* parser.end();
}

/** At most one problem for each line, in the order of the text: later ones on a line follow from the first. */
function syntaxProblems(errors: Document.Parsed["errors"], lines: Lines): Problem[] {
  const byLine = new Map<number, Problem>();
  for (const error of [...errors].sort((a, b) => a.pos[0] - b.pos[0])) {
    const place = lines.place(Math.max(0, error.pos[0]));
    if (!byLine.has(place.line)) byLine.set(place.line, { ...syntaxProblem(error), place });
    if (byLine.size >= MAX_SYNTAX_PROBLEMS) break;
  }
  return [...byLine.values()];
}
