// Globs: what they match is picomatch's business, where to look for it is decided here.
import picomatch from "picomatch";

/** Whether a path is a glob; asked only of paths that do not exist as they are. */
export const isGlob = (path: string): boolean => /[*?[\]{}]/.test(path);

export interface Glob {
  /** Where it starts: everything up to the first part that is not a plain name. */
  readonly folder: string;
  /** How many folders below `folder` it can reach into. */
  readonly depth: number;
  /** Matches paths from `folder` on. */
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
    // Parentheses are part of names here, not patterns.
    matches: picomatch(rest.join("/").replace(/[()]/g, "\\$&"), { nonegate: true, posix: true }),
  };
}
