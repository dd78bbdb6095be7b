const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** Arguments as a person would type them, on one line; for showing, never for executing. */
export function commandLine(argv: readonly string[]): string {
  return argv.map(quote).join(' ');
}

function quote(word: string): string {
  if (PLAIN.test(word)) return word;
  if (!/\p{Cc}/u.test(word)) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  return JSON.stringify(word);
}
