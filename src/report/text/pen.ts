// How a format writes what comes from outside. The words of reports are made once, by functions that are handed the pen
// of the format at hand; only a pen knows how to keep its format from taking an id for a command.
import { brief, MESSAGE_LENGTH } from "../../text/index.ts";

export interface Pen {
  /** An id, or another value from outside. */
  id(text: string): string;
  /** A sentence that may quote what is from outside. */
  prose(text: string): string;
}

/** For terminals and logs. */
export const textPen: Pen = {
  id: (text) => brief(text),
  prose: (text) => brief(text, MESSAGE_LENGTH),
};

/** A pen that writes a sentence once, however often it is said: a plan gives the same reason for many changes. */
export function remembering(pen: Pen): Pen {
  const written = new Map<string, string>();
  return {
    id: pen.id,
    prose: (text) => {
      const before = written.get(text);
      if (before !== undefined) return before;
      const now = pen.prose(text);
      written.set(text, now);
      return now;
    },
  };
}
