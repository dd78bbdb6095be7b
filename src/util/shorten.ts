/** At most so many characters, the last one `…` when something is missing. */
export const shorten = (text: string, longest = 80): string =>
  text.length > longest ? `${text.slice(0, longest - 1)}…` : text;

/** For a message: short, in quotes, and on one line. */
export const quoteShort = (text: string): string => JSON.stringify(shorten(text));
