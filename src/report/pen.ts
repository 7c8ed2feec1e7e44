// How a format writes what comes from outside. The words of reports are made once, by functions that are handed
// the pen of the format at hand; only a pen knows how its format is to be kept from taking an id for a command.
import { brief, MESSAGE_LENGTH } from "./visible.ts";

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
