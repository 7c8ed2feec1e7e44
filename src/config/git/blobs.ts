// Reads many git objects with two processes, however many there are.
import { type Problem, ProblemsError } from "../../schema/index.ts";
import { MAX_FILE_BYTES, textOf, tooLarge } from "../read-text.ts";
import { git } from "./git.ts";

/** Sizes in bytes of the objects that are here. A partial clone may lack some; nothing is fetched. */
export function blobSizes(top: string, blobs: ReadonlySet<string>): Map<string, number> {
  const sizes = new Map<string, number>();
  if (blobs.size === 0) return sizes;
  const printed = git(top, ["cat-file", "--batch-check"], { input: lines(blobs), isOffline: true });
  for (const line of printed.toString("latin1").split("\n")) {
    const [, blob = "", size = ""] = /^([0-9a-f]+) blob (\d+)$/.exec(line) ?? [];
    if (blob !== "") sizes.set(blob, Number(size));
  }
  return sizes;
}

/** Reads an object: its text, or the problem with it, for the file of this name. `undefined` if it is not here. */
export type BlobReader = (blob: string, file: string) => { text: string } | { problem: Problem } | undefined;

/** @param sizes as from `blobSizes` */
export function readBlobs(
  top: string,
  blobs: Iterable<string>,
  sizes: ReadonlyMap<string, number>,
): BlobReader {
  const wanted = [...new Set(blobs)].filter((blob) => (sizes.get(blob) ?? Infinity) <= MAX_FILE_BYTES);
  const contents = new Map<string, Uint8Array>();
  if (wanted.length > 0) {
    const printed = git(top, ["cat-file", "--batch"], { input: lines(wanted), isOffline: true });
    let at = 0;
    for (const blob of wanted) {
      const end = printed.indexOf("\n", at);
      const size = sizes.get(blob) ?? 0;
      if (printed.toString("latin1", at, end) !== `${blob} blob ${size}`) throw unexpected();
      contents.set(blob, printed.subarray(end + 1, end + 1 + size));
      at = end + 1 + size + 1;
    }
  }
  return (blob, file) => {
    const content = contents.get(blob);
    if (content !== undefined) return textOf(file, content);
    const size = sizes.get(blob);
    return size === undefined ? undefined : tooLarge(file, size);
  };
}

const lines = (blobs: Iterable<string>): string => [...blobs].map((blob) => `${blob}\n`).join("");

const unexpected = (): ProblemsError =>
  new ProblemsError([
    {
      code: "git-failed",
      message: "git cat-file answered something else than it was asked for",
      hint: "check the repository with `git fsck`",
    },
  ]);
