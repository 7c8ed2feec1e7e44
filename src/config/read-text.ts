// Reads the text of a file, or says why it cannot be read.
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import type { Problem } from "../schema/index.ts";
import { printable } from "../text/index.ts";
import { Lines } from "./yaml/lines.ts";

/**
 * The largest file that is read, in bytes. Parsing YAML takes about 80 times the size of the text in memory, so a
 * larger file would end the process instead of giving an error. 16 MiB hold about 170,000 balances, and files add up.
 */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** @param file the name for problems, @param path where the file is */
export function readText(file: string, path: string): { text: string } | { problem: Problem } {
  const refuse = refusing(file);
  let bytes: Buffer;
  let descriptor: number | undefined;
  try {
    // Without O_NONBLOCK, opening a pipe would wait for a writer.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const about = fstatSync(descriptor);
    if (!about.isFile())
      return refuse("unreadable", "this is not a regular file", "write it to a file first");
    if (about.size > MAX_FILE_BYTES) return tooLarge(file, about.size);
    bytes = readFileSync(descriptor);
  } catch (error) {
    const reason = error instanceof Error ? printable(error.message, 200) : "unknown reason";
    return refuse("unreadable", `the file cannot be read: ${reason}`, "check that it exists and may be read");
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
  return textOf(file, bytes);
}

/** @param file the name for problems */
export function textOf(file: string, bytes: Uint8Array): { text: string } | { problem: Problem } {
  const refuse = refusing(file);
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    if (bytes[0] === 0xff && bytes[1] === 0xfe)
      return refuse("not-utf8", "the file is UTF-16", "save it as UTF-8");
    const offset = validPrefix(bytes);
    const before = Buffer.from(bytes.subarray(0, offset)).toString("utf8");
    const byte = bytes[offset]?.toString(16).padStart(2, "0");
    const message = `the file is not UTF-8: byte ${offset} is ${byte === undefined ? "missing" : `0x${byte}`}`;
    return refuse("not-utf8", message, "save it as UTF-8", new Lines(before, file).place(before.length));
  }
}

/** @param size in bytes, if known */
export function tooLarge(file: string, size?: number): { problem: Problem } {
  const has = size === undefined ? "has more" : `has ${(size / 1024 / 1024).toFixed(1)} MiB`;
  const message = `the file ${has}, but at most ${MAX_FILE_BYTES / 1024 / 1024} MiB are read`;
  return refusing(file)("too-large", message, "split it into several files; they add up");
}

const refusing =
  (file: string) =>
  (code: string, message: string, hint: string, place = { file, line: 1, column: 1 }) => ({
    problem: { code, message, hint, place },
  });

/** How many bytes at the start are UTF-8. */
function validPrefix(bytes: Uint8Array): number {
  const isValid = (length: number): boolean => {
    try {
      // With `stream`, a character that is cut off at the end is no error.
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (isValid(middle)) low = middle;
    else high = middle - 1;
  }
  // Step back over the start of an incomplete character.
  const last = bytes.subarray(Math.max(0, low - 3), low);
  const start = last.findLastIndex((byte) => byte >= 0xc0);
  const needs = start === -1 ? 0 : ([2, 2, 3, 4][((last[start] ?? 0) >> 4) - 12] ?? 0);
  return start !== -1 && last.length - start < needs ? low - (last.length - start) : low;
}
