import { err, ok, type Result } from './result.ts';

export interface ShellWord {
  /** Without its quotes and escapes. */
  readonly text: string;
  /** Where it begins in the line, and where it ends. */
  readonly start: number;
  readonly end: number;
}

const BLANKS = new Set([' ', '\t', '\r', '\n']);
/** What stands for itself: outside of quotes, and within each kind of them. */
const PLAIN: Readonly<Record<'' | '"' | "'", RegExp>> = { '': /[^ \t\r\n\\"'#]+/y, '"': /[^"\\]+/y, "'": /[^']+/y };

/**
 * Splits a line into words as Python's `shlex.split` does, which is what Ansible uses: quotes, and backslashes outside of single
 * quotes. Nothing is expanded. With `comments` a `#` ends the line, inside a word as well.
 */
export function splitShellWords(
  line: string,
  { comments }: { readonly comments: boolean },
): Result<readonly ShellWord[], string> {
  const words: ShellWord[] = [];
  let at = 0;
  while (at < line.length) {
    const here: string = line[at] ?? '';
    if (BLANKS.has(here)) {
      at += 1;
      continue;
    }
    if (comments && here === '#') break;
    const word = readWord(line, at, comments);
    if (!word.ok) return word;
    words.push(word.value);
    at = word.value.end;
  }
  return ok(words);
}

function readWord(line: string, start: number, comments: boolean): Result<ShellWord, string> {
  let text = '';
  let quote: keyof typeof PLAIN = '';
  let at = start;
  for (; at < line.length; at += 1) {
    const plain: RegExp = PLAIN[quote];
    plain.lastIndex = at;
    if (plain.test(line)) {
      text += line.slice(at, plain.lastIndex);
      at = plain.lastIndex - 1;
      continue;
    }
    const here: string = line[at] ?? '';
    if (here === '\\' && quote !== "'") {
      const next = line[at + 1];
      if (next === undefined) return err('a \\ at the end escapes nothing');
      // Within double quotes only these two lose their backslash.
      if (quote === '"' && next !== '"' && next !== '\\') text += '\\';
      text += next;
      at += 1;
    } else if (quote !== '') {
      if (here === quote) quote = '';
      else text += here;
    } else if (here === '"' || here === "'") {
      quote = here;
    } else if (BLANKS.has(here)) {
      break;
    } else if (comments && here === '#') {
      return ok({ text, start, end: line.length });
    } else {
      text += here;
    }
  }
  return quote === '' ? ok({ text, start, end: at }) : err(`a quote is not closed: ${quote}`);
}
