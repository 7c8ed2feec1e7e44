/** A text as a shell has to be given it, as one word. */
export const inShell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
