// The public part of this room: makes text from outside safe to show, and finds the word that was probably meant. Pure.
export { decimal } from "./decimal.ts";
export { didYouMean } from "./did-you-mean.ts";
export { escapedInJson, HIDDEN, hex } from "./hidden.ts";
export { inShell } from "./in-shell.ts";
export { compareText } from "./order.ts";
export { named, printable, quoted } from "./printable.ts";
export { withQuotes } from "./quotes.ts";
export { brief, ID_LENGTH, MESSAGE_LENGTH, visible, visibleJson, visibleLines } from "./visible.ts";
