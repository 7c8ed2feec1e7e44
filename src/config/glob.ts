// Globs, the few that people write: `*` and `?` within a name, `**` across folders, `{a,b}` and `[abc]`.

/** Whether a path is a glob; asked only of paths that do not exist as they are. */
export const isGlob = (path: string): boolean => /[*?[\]{}]/.test(path);

export interface Glob {
  /** Where it starts: everything up to the first part that is not a plain name. */
  readonly folder: string;
  /** How many folders below `folder` it can reach into. */
  readonly depth: number;
  /** Matches paths from `folder` on. */
  readonly pattern: RegExp;
}

/** @param glob with forward slashes */
export function parseGlob(glob: string): Glob {
  const parts = glob.split("/");
  const first = parts.slice(0, -1).findIndex(isGlob);
  const plain = parts.slice(0, first === -1 ? parts.length - 1 : first);
  const rest = parts.slice(plain.length);
  return {
    folder: plain.join("/") || (glob.startsWith("/") ? "/" : "."),
    depth: rest.includes("**") ? Number.POSITIVE_INFINITY : rest.length - 1,
    pattern: globPattern(rest.join("/")),
  };
}

/** A regular expression that matches the paths a glob stands for. */
function globPattern(glob: string): RegExp {
  let source = "";
  let braces = 0;
  for (let at = 0; at < glob.length; at++) {
    const character = glob[at] ?? "";
    const rest = glob.slice(at);
    if (/^\*\*(?:\/|$)/.test(rest) && (at === 0 || glob[at - 1] === "/")) {
      source += rest.startsWith("**/") ? "(?:[^/]+/)*" : ".*";
      at += rest.startsWith("**/") ? 2 : 1;
    } else if (character === "*") {
      // Several stars are one: nested repetitions would take exponential time.
      if (glob[at - 1] !== "*" || source.endsWith(")*")) source += "[^/]*";
    } else if (character === "?") source += "[^/]";
    else if (character === "[" && /^\[!?[^\]/]+\]/.test(rest)) {
      const set = /^\[(!?)([^\]/]+)\]/.exec(rest) ?? [];
      source += `[${set[1] ? "^/" : ""}${(set[2] ?? "").replace(/[\\[^]/g, "\\$&")}]`;
      at += (set[0]?.length ?? 1) - 1;
    } else if (character === "{" && rest.includes("}")) {
      source += "(?:";
      braces++;
    } else if (character === "}" && braces > 0) {
      source += ")";
      braces--;
    } else if (character === "," && braces > 0) source += "|";
    else source += character.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  }
  return new RegExp(`^${source}${")".repeat(braces)}$`, "u");
}
