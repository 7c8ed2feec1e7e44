// Where balances files are looked for: on this machine, or in a git commit.
import { readdirSync, realpathSync, statSync } from "node:fs";
import type { Problem } from "../schema/index.ts";
import { checkoutAround } from "./git/checkout-around.ts";
import { readText } from "./read-text.ts";

/** Files and folders by absolute paths. */
export interface FileTree {
  /** Follows links. What exists but may not be looked at counts as a file: reading it says why. */
  kindOf(path: string): "file" | "folder" | undefined;
  /** The names in a folder. */
  children(folder: string): string[];
  /** The path without links. */
  realPath(path: string): string;
  /** The folder that must contain all files named by a file in `folder`. */
  topOf(folder: string): string;
  /** @param file the name for problems */
  read(file: string, path: string): { text: string } | { problem: Problem };
}

/** Errors which mean that nothing is at a path. */
const ABSENT = new Set<string | undefined>(["ENOENT", "ENAMETOOLONG"]);

export const diskTree: FileTree = {
  kindOf(path) {
    try {
      return statSync(path).isDirectory() ? "folder" : "file";
    } catch (error) {
      return ABSENT.has((error as NodeJS.ErrnoException).code) ? undefined : "file";
    }
  },
  children: (folder) => readdirSync(folder),
  realPath: (path) => realpathSync(path),
  topOf: (folder) => checkoutAround(folder) ?? folder,
  read: readText,
};
