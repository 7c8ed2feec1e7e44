// How a construct says what is wrong with its arguments: with its path, so that it is found in a large app.

import { type Problem, ProblemsError } from "../schema/index.ts";
import { printable } from "../text/index.ts";

const MESSAGE_LENGTH = 1000;

/** Something that is wrong with an argument. */
export interface ArgumentProblem extends Problem {
  /** The argument, such as `reset.intervalCount`; left out where all arguments together are meant. */
  readonly argument?: string;
}

/** Thrown when a construct is given something that cannot be a balance. Carries all problems. */
export class ConstructError extends ProblemsError {
  /** The construct's path, such as `contracts/acme/api_calls`. */
  readonly path: string;

  constructor(path: string, problems: readonly ArgumentProblem[]) {
    super(problems);
    this.path = path;
    this.message = [`${printable(path, 200)}:`, ...problemLines(problems)].join("\n");
  }
}

/** What is wrong, a line for each problem and one for its hint. */
export const problemLines = (problems: readonly ArgumentProblem[]): string[] => problems.flatMap(lines);

function lines({ argument, message, hint, place }: ArgumentProblem): string[] {
  const at = place ? `${printable(place.file, 200)}:${place.line}:${place.column}: ` : "";
  const of = argument === undefined ? "" : `${printable(argument, 100)}: `;
  const line = `  ${at}${of}${printable(message, MESSAGE_LENGTH)}`;
  return hint === undefined ? [line] : [line, `    hint: ${printable(hint, MESSAGE_LENGTH)}`];
}
