/** Deeper than this nobody writes on one line. */
const MOST_LEVELS = 50;

/**
 * The value of a Python literal, as Ansible reads the values of its INI form (`ast.literal_eval`): numbers, texts in quotes,
 * `True`, `False`, `None`, lists, tuples and sets as lists, dictionaries. Undefined for everything else, which is a text as it
 * stands: `true`, `0644`, `10.0.0.1`. A whole number that is not exact here stays a text too.
 */
export function readPythonLiteral(text: string): { readonly value: unknown } | undefined {
  const reader = new Reader(text.replace(/^[ \t]+/, ''));
  try {
    return { value: reader.all() };
  } catch (error) {
    if (error instanceof NoLiteral) return undefined;
    throw error;
  }
}

class NoLiteral extends Error {}

const NUMBER =
  /(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:(?:\d(?:_?\d)*)?\.\d(?:_?\d)*|\d(?:_?\d)*\.?)(?:[eE][-+]?\d(?:_?\d)*)?)(?![A-Za-z0-9_.])/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const QUOTED = /([rR]?[bB]|[bB][rR]|[rRuU]|)("""|'''|"|')/y;
const BLANK = /(?:[ \t\f\r\n]|\\\n|#[^\n]*)*/y;
const NAMES: Readonly<Record<string, boolean | null>> = { True: true, False: false, None: null };

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  all(): unknown {
    const value = this.#value(0);
    this.#blank();
    if (this.#at >= this.#text.length) return value;
    if (this.#text[this.#at] !== ',') throw new NoLiteral();
    // A tuple needs no parentheses.
    const items = [value];
    while (this.#take(',')) {
      this.#blank();
      if (this.#at < this.#text.length) items.push(this.#value(0));
    }
    if (this.#at < this.#text.length) throw new NoLiteral();
    return items;
  }

  #value(depth: number): unknown {
    if (depth > MOST_LEVELS) throw new NoLiteral();
    this.#blank();
    const here = this.#text[this.#at] ?? '';
    if (here === '[') return this.#list(depth);
    if (here === '(') return this.#parenthesis(depth);
    if (here === '{') return this.#braces(depth);
    if (here === '-' || here === '+') return this.#signed();
    const quoted = this.#match(QUOTED);
    if (quoted !== undefined) return this.#texts(quoted);
    const number = this.#match(NUMBER);
    if (number !== undefined) return numberOf(number[0]);
    const name = this.#match(NAME)?.[0] ?? '';
    if (!Object.hasOwn(NAMES, name)) throw new NoLiteral();
    return NAMES[name];
  }

  #signed(): unknown {
    const sign = this.#take('-') ? '-' : '';
    if (sign === '') this.#take('+');
    this.#blank();
    const number = this.#match(NUMBER);
    if (number === undefined) throw new NoLiteral();
    return numberOf(number[0], sign);
  }

  #list(depth: number): unknown {
    this.#at += 1;
    return this.#items(']', depth, []);
  }

  /** Up to `close`; `items` are those that were read before. */
  #items(close: string, depth: number, items: unknown[]): unknown[] {
    while (!this.#take(close)) {
      if (items.length > 0) this.#comma();
      if (items.length > 0 && this.#take(close)) break;
      items.push(this.#value(depth + 1));
    }
    return items;
  }

  /** `(1)` is 1, `(1,)` a list. */
  #parenthesis(depth: number): unknown {
    this.#at += 1;
    if (this.#take(')')) return [];
    const value = this.#value(depth + 1);
    return this.#take(')') ? value : this.#items(')', depth, [value]);
  }

  #braces(depth: number): unknown {
    this.#at += 1;
    if (this.#take('}')) return {};
    const first = this.#value(depth + 1);
    return this.#take(':') ? this.#dictionary(first, depth) : this.#items('}', depth, [first]);
  }

  #dictionary(firstKey: unknown, depth: number): Record<string, unknown> {
    const entries: [string, unknown][] = [[keyOf(firstKey), this.#value(depth + 1)]];
    while (!this.#take('}')) {
      this.#comma();
      if (this.#take('}')) break;
      const key = this.#value(depth + 1);
      if (!this.#take(':')) throw new NoLiteral();
      entries.push([keyOf(key), this.#value(depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  #comma(): void {
    if (!this.#take(',')) throw new NoLiteral();
  }

  /** Texts that follow each other are one; bytes are a text to Ansible, and do not mix with others. */
  #texts(first: RegExpExecArray): string {
    const isBytes = /b/i.test(first[1] ?? '');
    let text = '';
    for (let quoted: RegExpExecArray | undefined = first; quoted !== undefined; quoted = this.#match(QUOTED)) {
      if (/b/i.test(quoted[1] ?? '') !== isBytes) throw new NoLiteral();
      text += this.#rest(quoted[2] ?? '"', /r/i.test(quoted[1] ?? ''));
      this.#blank();
    }
    return text;
  }

  #rest(fence: string, raw: boolean): string {
    let text = '';
    for (;;) {
      const here = this.#text[this.#at];
      if (here === undefined || (here === '\n' && fence.length === 1)) throw new NoLiteral();
      if (this.#text.startsWith(fence, this.#at)) {
        this.#at += fence.length;
        return text;
      }
      if (here !== '\\') {
        text += here;
        this.#at += 1;
      } else text += raw ? this.#rawEscape() : this.#escape();
    }
  }

  #rawEscape(): string {
    const pair = this.#text.slice(this.#at, this.#at + 2);
    this.#at += 2;
    return pair;
  }

  #escape(): string {
    const [all, octal, hex] = this.#match(ESCAPE) ?? [];
    if (all === undefined) throw new NoLiteral();
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    if (hex !== undefined) return codePoint(Number.parseInt(hex.slice(1), 16));
    const letter = all.slice(1);
    if (letter === '\n') return '';
    if (/^[xuUN]$/.test(letter)) throw new NoLiteral();
    return ESCAPES[letter] ?? all;
  }

  #take(text: string): boolean {
    this.#blank();
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #blank(): void {
    this.#match(BLANK);
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }
}

const ESCAPE = /\\(?:([0-7]{1,3})|(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})|[^])/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function keyOf(key: unknown): string {
  if (typeof key === 'object' && key !== null) throw new NoLiteral();
  return String(key);
}

function codePoint(code: number): string {
  if (code > 0x10ffff) throw new NoLiteral();
  return String.fromCodePoint(code);
}

function numberOf(written: string, sign = ''): number | string {
  const digits = written.replaceAll('_', '');
  // `0644` is no number in Python 3; `00` is.
  if (/^0\d*[1-9]\d*$/.test(digits)) throw new NoLiteral();
  const number = Number(digits);
  if (/^(?:\d+|0[xXoObB].*)$/.test(digits) && !Number.isSafeInteger(number)) return `${sign}${digits}`;
  return sign === '-' && number !== 0 ? -number : number;
}
