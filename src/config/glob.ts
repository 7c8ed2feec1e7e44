// Globs: picomatch decides what they match, and this file where to look for it.
import picomatch from "picomatch";

/** Whether a path is a glob; only asked for paths that do not exist literally. */
export const isGlob = (path: string): boolean => /[*?[\]{}]/.test(path);

export interface Glob {
  /** Where to start: all parts before the first that is not a plain name. */
  readonly folder: string;
  /** How many levels below `folder` it can reach. */
  readonly depth: number;
  /** Whether it matches a path relative to `folder`. */
  readonly matches: (path: string) => boolean;
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
    // Parentheses are literal here, and not patterns.
    matches: picomatch(rest.join("/").replace(/[()]/g, "\\$&"), { nonegate: true, posix: true }),
  };
}
