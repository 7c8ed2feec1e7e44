// Hints for files, where moments and words stand without quotes, for languages that want quotes around them.

const MOMENT = /(?<![\w"'`:=.-])\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})?(?!["'`\w])/g;

/** The hint, with quotes around moments, and around the word that is to be written. */
export const withQuotes = (hint: string): string =>
  hint.replaceAll(MOMENT, '"$&"').replace(/^(write for example )([a-z_]+)$/, '$1"$2"');
