// Options as the command line has them: read by the same code, so that both accept the same and complain alike.
import { Command, CommanderError } from "commander";
import { refuseBlanks, suggestion } from "../app/index.ts";
import { ProblemsError } from "../schema/index.ts";

/** `--limit-deletes 50 --limit-granted "api calls=5"` → its words, as a shell would tell them apart. */
export function wordsOf(line: string): string[] {
  const words = line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"));
}

/** Whether a quote is opened and not closed. */
export const isUnclosed = (line: string): boolean => /["']/.test(line.replace(/"[^"]*"|'[^']*'/g, ""));

/** The last value that an option is given, even where other words are wrong. */
export function lastValue(option: string, argv: readonly string[]): string | undefined {
  const values = argv.flatMap((word, n) => {
    if (word === option) return argv[n + 1] ?? [];
    return word.startsWith(`${option}=`) ? word.slice(option.length + 1) : [];
  });
  return values.at(-1);
}

/**
 * @param define adds the options of the verb to a command
 * @throws ProblemsError when there is no such option, or its value is wrong
 */
export function optionsOf<T extends object>(
  verb: string,
  define: (command: Command) => Command,
  argv: readonly string[],
): T {
  let complaint = "";
  const command: Command = define(new Command(verb))
    .helpOption(false)
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({
      outputError: (text) => {
        complaint = text.trimEnd() + suggestion(text, command);
      },
    });
  refuseBlanks(command);
  try {
    return command.parse(argv, { from: "user" }).opts<T>();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const message = complaint
      .replace(/^error: /, "")
      .replace(/\s+/g, " ")
      .trim();
    const hint = `inputs are given to \`autumn-balances ${verb}\`; its --help lists its options`;
    throw new ProblemsError([{ code: "bad-input", message, hint }]);
  }
}
