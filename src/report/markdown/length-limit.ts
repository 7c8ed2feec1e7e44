// How much room a document has left. Sites refuse a comment that is too long by a single character, so what does not
// fit is left out in whole pieces, and counted.

/** GitHub takes 65,536 characters in the body of a comment; a marker or a footer has to fit in as well. */
export const COMMENT_LIMIT = 64_000;
/** Less than this is too little for the sum of a plan and what to look at first. */
export const LEAST_MARKDOWN = 8_192;

/** UTF-8 bytes: never fewer than characters, whichever way a site counts those. */
export const sizeOf = (text: string): number => Buffer.byteLength(text);

export class Room {
  private left: number;

  constructor(bytes: number) {
    this.left = bytes;
  }

  get isEndless(): boolean {
    return this.left === Number.POSITIVE_INFINITY;
  }

  /** Room for a part of the document: at most that share of what is left. */
  share(part: number): Room {
    return new Room(this.isEndless ? this.left : Math.floor(this.left * part));
  }

  /** Takes the room that a line needs; false, and nothing is taken, where there is not enough. */
  take(line: string): boolean {
    if (this.isEndless) return true;
    const size = sizeOf(line) + 1;
    if (size > this.left) return false;
    this.left -= size;
    return true;
  }
}
