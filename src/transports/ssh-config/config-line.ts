/** One setting of an ssh_config file. */
export interface ConfigLine {
  readonly line: number;
  /** In lower case. */
  readonly keyword: string;
  /** All after it, as it is written. */
  readonly text: string;
}

/** The settings of an ssh_config file, in order, without comments and empty lines. */
export function configLines(text: string): readonly ConfigLine[] {
  return text.split('\n').flatMap((raw, index) => {
    const [, keyword, rest] = /^[\s"]*([^\s="#]+)"?(?:\s*=\s*|\s+)(.*)$/s.exec(raw) ?? [];
    if (keyword === undefined || rest === undefined) return [];
    return [{ line: index + 1, keyword: keyword.toLowerCase(), text: rest.trimEnd() }];
  });
}

/** Its words, quotes taken off; a comment at the end left out. `undefined`: it is quoted in a way that is not read here. */
export function wordsOf(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let rest = text.trim();
  while (rest !== '' && !rest.startsWith('#')) {
    const [whole, quoted, plain] = /^(?:"([^"\\]*)"|([^\s"'\\]+))(?=\s|$)\s*/.exec(rest) ?? [];
    const word = quoted ?? plain;
    if (whole === undefined || word === undefined) return undefined;
    words.push(word);
    rest = rest.slice(whole.length);
  }
  return words;
}
