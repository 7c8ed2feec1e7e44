// Finds and reads the files of a commit like those on a disk. Links are followed only within the commit, so that no
// name leads out of it.
import { isAbsolute, posix, relative, resolve, sep } from "node:path";
import type { Problem } from "../../schema/index.ts";
import type { FileTree } from "../file-tree.ts";
import { MAX_FILE_BYTES, textOf, tooLarge } from "../read-text.ts";
import { GitError, git } from "./git.ts";

type Node = Folder | { readonly mode: string; readonly object: string };
type Folder = Map<string, Node>;

const LINK = "120000";
const SUBMODULE = "160000";
/** Links that are followed on the way to one file, as many as Linux does. */
const MOST_LINKS = 40;

/** Where a path leads; `node` is `null` outside the commit. */
interface Found {
  readonly path: string;
  readonly node: Node | null;
}

export class GitTree implements FileTree {
  private constructor(
    private readonly top: string,
    private readonly root: Folder,
  ) {}

  /** @param top the folder that the repository is checked out in, @param commit its full hash */
  static of(top: string, commit: string): GitTree {
    const root: Folder = new Map();
    const listing = git(top, ["ls-tree", "-r", "-z", "--full-tree", commit]);
    for (const line of listing.toString("utf8").split("\0")) {
      const [, mode, object, path] = /^(\d+) \w+ (\w+)\t(.+)$/s.exec(line) ?? [];
      if (mode !== undefined && object !== undefined && path !== undefined) add(root, path, { mode, object });
    }
    return new GitTree(top, root);
  }

  /** A path relative to the top of the repository; `undefined` outside of it. */
  pathIn(path: string): string | undefined {
    const inside = relative(this.top, path).split(sep).join("/");
    return inside === ".." || inside.startsWith("../") || isAbsolute(inside) ? undefined : inside;
  }

  kindOf(path: string): "file" | "folder" | undefined {
    const found = this.find(path);
    if (found === undefined) return undefined;
    return found.node instanceof Map ? "folder" : "file";
  }

  children(folder: string): string[] {
    const node = this.find(folder)?.node;
    return node instanceof Map ? [...node.keys()] : [];
  }

  realPath(path: string): string {
    const found = this.find(path);
    return found === undefined ? path : resolve(this.top, found.path);
  }

  topOf(): string {
    return this.top;
  }

  read(file: string, path: string): { text: string } | { problem: Problem } {
    const node = this.find(path)?.node;
    const unreadable = (message: string, hint: string): { problem: Problem } => ({
      problem: { code: "unreadable", message, hint, place: { file, line: 1, column: 1 } },
    });
    if (node === null) return unreadable("the link leads out of the repository", "commit the file itself");
    if (node === undefined || node instanceof Map)
      return unreadable("there is no such file", "check the path");
    if (node.mode === SUBMODULE) {
      return unreadable("it lies in a submodule", "run the command in the submodule");
    }
    try {
      return textOf(file, git(this.top, ["cat-file", "blob", node.object], { longest: MAX_FILE_BYTES }));
    } catch (error) {
      if (error instanceof GitError && error.isTooLong) return tooLarge(file);
      if (error instanceof GitError)
        return unreadable(`the file cannot be read: ${error.reason}`, "fetch it");
      throw error;
    }
  }

  private find(path: string): Found | undefined {
    const inside = this.pathIn(path);
    return inside === undefined ? undefined : this.follow(inside, MOST_LINKS);
  }

  private follow(path: string, links: number): Found | undefined {
    const names = path.split("/").filter((name) => name !== "");
    let node: Node = this.root;
    for (const [index, name] of names.entries()) {
      if (!(node instanceof Map)) return node.mode === SUBMODULE ? { path, node } : undefined;
      const child = node.get(name);
      if (child === undefined) return undefined;
      if (!(child instanceof Map) && child.mode === LINK) {
        if (links === 0) return undefined;
        const target = git(this.top, ["cat-file", "blob", child.object]).toString("utf8");
        const from = names.slice(0, index).join("/");
        const to = posix.join(from, target, ...names.slice(index + 1));
        if (posix.isAbsolute(target) || to === ".." || to.startsWith("../")) return { path, node: null };
        return this.follow(to === "." ? "" : to, links - 1);
      }
      node = child;
    }
    return { path: names.join("/"), node };
  }
}

function add(root: Folder, path: string, file: Node): void {
  const names = path.split("/");
  const last = names.pop() ?? "";
  let folder = root;
  for (const name of names) {
    const child = folder.get(name);
    const next: Folder = child instanceof Map ? child : new Map();
    if (next !== child) folder.set(name, next);
    folder = next;
  }
  folder.set(last, file);
}
