/** At most so many UTF-16 units, the last one `…` when something is missing. No character is cut in two. */
export const shorten = (text: string, longest = 80): string =>
  text.length > longest ? `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…` : text;

/** For a message: short, in quotes, and on one line. */
export const quoteShort = (text: string): string => JSON.stringify(shorten(text));
