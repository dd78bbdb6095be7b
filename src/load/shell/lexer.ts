import { code, isArithmetic, NAMES, type CodeFrame, type Frame } from './frame.ts';
import { readHereOperator, type HereDocument } from './here-document.ts';

/** Where in POSIX shell source a character stands, as far as quoting goes. */
export type ShellContext =
  /** A word may be put here in double quotes. */
  | 'word'
  /** Inside double quotes or an unquoted here-document: expanded, never split. */
  | 'double'
  | 'arithmetic'
  | 'single'
  | 'comment'
  | 'here-document'
  | 'here-delimiter'
  | 'backquote'
  /** Behind a backslash, which would take the meaning of what follows. */
  | 'escaped'
  /** Where the name of a variable belongs: `${ }`. */
  | 'name'
  /** Behind something that shells read in different ways, such as `case` inside `$( )`. */
  | 'unclear';

export interface ShellContexts {
  readonly contexts: ReadonlyMap<number, ShellContext>;
  /** What is still open at the end of the text, and where it was opened. */
  readonly unclosed?: { readonly start: number; readonly what: string };
}

/**
 * Follows shell source and says of each marked offset in which context it stands. A mark is one character that stands for a
 * value to be put in; it is itself part of a word. Takes time linear in the text.
 */
export function contextsOf(text: string, marks: ReadonlySet<number>): ShellContexts {
  return new ShellLexer(text, marks).run();
}

/** What bash evaluates behind the name in `${ }`: `[index]`, and `:offset`, which `:-` and its like are not. */
const COUNTS = /^(?:\[|:[^-=?+])/;
const BLANK = /[ \t]/;
const OPERATOR = /[;|&()<>\n]/;

class ShellLexer {
  readonly #text: string;
  readonly #marks: ReadonlySet<number>;
  readonly #contexts = new Map<number, ShellContext>();
  readonly #frames: Frame[] = [code('end', 0)];
  #at = 0;
  /** How many of the frames are of backquotes. */
  #backquotes = 0;
  #unclear = false;
  #unclosed: { readonly start: number; readonly what: string } | undefined;

  constructor(text: string, marks: ReadonlySet<number>) {
    this.#text = text;
    this.#marks = marks;
  }

  run(): ShellContexts {
    while (this.#at < this.#text.length) {
      const frame = this.#frames.at(-1) ?? code('end', 0);
      if (frame.kind === 'code') this.#code(frame);
      else if (frame.kind === 'double') this.#double();
      else if (frame.kind === 'arithmetic') this.#arithmetic(frame);
      else this.#expansion(frame);
    }
    const open = this.#frames.length > 1 ? this.#frames.at(-1) : undefined;
    const unclosed = this.#unclosed ?? (open === undefined ? undefined : { start: open.start, what: NAMES[open.kind] });
    return { contexts: this.#contexts, ...(unclosed !== undefined && !this.#unclear && { unclosed }) };
  }

  #code(frame: CodeFrame): void {
    const here = this.#text[this.#at] ?? '';
    if (this.#marks.has(this.#at)) {
      this.#mark(this.#inBackquote() ? 'backquote' : 'word');
      frame.wordStart = false;
    } else if (here === '\\') {
      this.#escape();
      frame.wordStart = false;
    } else if (here === "'") {
      this.#singleQuoted();
      frame.wordStart = false;
    } else if (here === '#' && frame.wordStart) {
      this.#skipTo('\n', 'comment');
    } else if (here === '\n') {
      this.#at++;
      frame.wordStart = true;
      this.#hereDocuments(frame);
    } else if (this.#text.startsWith('<<<', this.#at)) {
      this.#at += 3;
    } else if (this.#text.startsWith('<<', this.#at)) {
      this.#hereOperator(frame);
    } else if (here === '(') {
      if (this.#text[this.#at + 1] === '(') this.#unclear = true;
      frame.depth++;
      this.#at++;
      frame.wordStart = true;
    } else if (here === ')') {
      this.#closeParenthesis(frame);
    } else if (here === '`') {
      this.#at++;
      if (frame.until === '`') this.#popBackquote();
      else this.#pushBackquote(this.#at - 1);
      frame.wordStart = false;
    } else if (this.#opensQuote(here)) {
      frame.wordStart = false;
    } else {
      // The parenthesis behind a pattern of `case` looks like the end of `$(`.
      if (frame.wordStart && frame.until === ')' && /^case[ \t\n]/.test(this.#text.slice(this.#at, this.#at + 5)))
        this.#unclear = true;
      frame.wordStart = BLANK.test(here) || OPERATOR.test(here);
      this.#at++;
    }
  }

  #closeParenthesis(frame: CodeFrame): void {
    this.#at++;
    if (frame.depth > 0) frame.depth--;
    else if (frame.until === ')') {
      this.#frames.pop();
      const parent = this.#frames.findLast((outer) => outer.kind === 'code');
      if (parent?.kind === 'code') for (const document of frame.pending) parent.pending.push(document);
    }
    frame.wordStart = true;
  }

  /** A double quote or a `$`: both mean the same inside and outside of double quotes. */
  #opensQuote(here: string): boolean {
    if (here === '"') {
      this.#frames.push({ kind: 'double', start: this.#at });
      this.#at++;
      return true;
    }
    return this.#opensDollar(here);
  }

  #opensDollar(here: string): boolean {
    if (here !== '$') return false;
    const rest = this.#text.slice(this.#at + 1, this.#at + 3);
    const start = this.#at;
    if (rest === '((') {
      this.#at += 3;
      this.#frames.push({ kind: 'arithmetic', depth: 0, start });
    } else if (rest.startsWith('(')) {
      this.#at += 2;
      this.#frames.push(code(')', start));
    } else if (rest.startsWith('{')) {
      this.#at += 2;
      this.#frames.push({ kind: 'expansion', quoted: this.#inDouble(), length: 0, named: false, counts: false, start });
    } else {
      // To bash it is arithmetic, to others a text.
      if (rest.startsWith('[')) this.#unclear = true;
      // bash reads $'...' with escapes of its own, a plain POSIX shell does not.
      if (rest.startsWith("'") && !this.#inDouble()) this.#unclear = true;
      this.#at++;
    }
    return true;
  }

  #double(): void {
    const here = this.#text[this.#at] ?? '';
    if (this.#marks.has(this.#at)) this.#mark(this.#inBackquote() ? 'backquote' : 'double');
    else if (here === '"') {
      this.#at++;
      this.#frames.pop();
    } else if (here === '\\') this.#escape();
    else if (here === '`') {
      this.#pushBackquote(this.#at);
      this.#at++;
    } else if (!this.#opensDollar(here)) this.#at++;
  }

  #arithmetic(frame: Frame & { kind: 'arithmetic' }): void {
    const here = this.#text[this.#at] ?? '';
    if (this.#marks.has(this.#at)) this.#mark('arithmetic');
    else if (here === '\\') this.#escape();
    else if (here === ')' && frame.depth === 0 && this.#text[this.#at + 1] === ')') {
      this.#at += 2;
      this.#frames.pop();
    } else if (here === '(' || here === ')') {
      frame.depth += here === '(' ? 1 : -1;
      if (frame.depth < 0) this.#unclear = true;
      this.#at++;
    } else if (!this.#opensQuote(here)) this.#at++;
  }

  /** `${name:-word}`: in its word quotes have their meaning, unless all stands in double quotes already. */
  #expansion(frame: Frame & { kind: 'expansion' }): void {
    const here = this.#text[this.#at] ?? '';
    if (this.#marks.has(this.#at)) {
      this.#mark(!frame.named ? 'name' : frame.quoted ? 'double' : 'word');
      return;
    }
    if (frame.length > 0 && !frame.named && !/[A-Za-z0-9_]/.test(here)) {
      frame.named = true;
      frame.counts = COUNTS.test(this.#text.slice(this.#at, this.#at + 2));
    }
    frame.length++;
    // Whether single quotes count here differs from operator to operator.
    if (here === "'" && frame.quoted) this.#unclear = true;
    if (here === '}') {
      this.#at++;
      this.#frames.pop();
    } else if (here === '\\') this.#escape();
    else if (here === "'" && !frame.quoted) this.#singleQuoted();
    else if (here === '`') {
      this.#pushBackquote(this.#at);
      this.#at++;
    } else if (!(frame.named && this.#opensQuote(here))) this.#at++;
  }

  #escape(): void {
    this.#at++;
    if (this.#marks.has(this.#at)) this.#mark('escaped');
    else this.#at++;
  }

  #singleQuoted(): void {
    const start = this.#at++;
    this.#skipTo("'", 'single');
    if (this.#at >= this.#text.length) this.#unclosed ??= { start, what: 'a single quote' };
    this.#at++;
  }

  #skipTo(end: string, context: ShellContext): void {
    while (this.#at < this.#text.length && (this.#marks.has(this.#at) || this.#text[this.#at] !== end)) {
      if (this.#marks.has(this.#at)) this.#mark(context);
      else this.#at++;
    }
  }

  #hereOperator(frame: CodeFrame): void {
    const { document, end, marks } = readHereOperator(this.#text, this.#at, this.#marks);
    for (const mark of marks) this.#contexts.set(mark, 'here-delimiter');
    frame.pending.push(document);
    frame.wordStart = false;
    this.#at = end;
  }

  #hereDocuments(frame: CodeFrame): void {
    for (const document of frame.pending.splice(0)) this.#hereDocument(document);
  }

  #hereDocument({ delimiter, literal, stripTabs }: HereDocument): void {
    while (this.#at < this.#text.length) {
      const newline = this.#text.indexOf('\n', this.#at);
      const end = newline < 0 ? this.#text.length : newline;
      const line = this.#text.slice(this.#at, end);
      const isEnd = (stripTabs ? line.replace(/^\t+/, '') : line) === delimiter;
      if (!isEnd) this.#hereLine(end, literal);
      this.#at = end + 1;
      if (isEnd) return;
    }
    this.#unclosed ??= { start: this.#text.length, what: `the here-document that ends with ${delimiter}` };
  }

  /** Expansions inside a here-document are not followed: a value inside one of its `$( )` is refused. */
  #hereLine(end: number, literal: boolean): void {
    let nested = false;
    for (; this.#at < end; this.#at++) {
      const here = this.#text[this.#at];
      if (here === '`' || (here === '$' && /[({]/.test(this.#text[this.#at + 1] ?? ''))) nested = true;
      if (!this.#marks.has(this.#at)) continue;
      const escaped = this.#text[this.#at - 1] === '\\';
      this.#contexts.set(
        this.#at,
        literal ? 'here-document' : this.#unclear || nested ? 'unclear' : escaped ? 'escaped' : 'double',
      );
    }
  }

  #mark(context: ShellContext): void {
    const isText = context === 'single' || context === 'comment';
    const counts = context !== 'name' && !isText && isArithmetic(this.#frames);
    this.#contexts.set(this.#at, this.#unclear && !isText ? 'unclear' : counts ? 'arithmetic' : context);
    this.#at++;
  }

  #pushBackquote(start: number): void {
    this.#frames.push(code('`', start));
    this.#backquotes++;
  }

  #popBackquote(): void {
    this.#frames.pop();
    this.#backquotes--;
  }

  #inBackquote(): boolean {
    return this.#backquotes > 0;
  }

  #inDouble(): boolean {
    const frame = this.#frames.at(-1);
    return frame?.kind === 'double' || frame?.kind === 'arithmetic' || (frame?.kind === 'expansion' && frame.quoted);
  }
}
