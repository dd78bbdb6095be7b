/** Text that every match contains one of. With `ignoreCase` compared without regard to the case of ASCII letters. */
export interface Literal {
  readonly text: string;
  readonly ignoreCase: boolean;
}

/**
 * Literals of which every text that matches the RE2 pattern contains at least one: the longest of each alternative, at least
 * `least` characters long. `undefined` when there are none such. The pattern must compile.
 */
export function patternLiterals(source: string, least = 3): readonly Literal[] | undefined {
  const reader = new PatternReader(source, least);
  return reader.alternatives(false);
}

type Choice = readonly Literal[] | undefined;

class PatternReader {
  readonly #characters: readonly string[];
  readonly #least: number;
  #at = 0;

  constructor(source: string, least: number) {
    this.#characters = [...source];
    this.#least = least;
  }

  /** Up to the end, or to the `)` that ends the group. */
  alternatives(ignoreCase: boolean): Choice {
    const branches: Choice[] = [];
    let flags = ignoreCase;
    for (;;) {
      const branch = this.#branch(flags);
      branches.push(branch.choice);
      flags = branch.ignoreCase;
      if (this.#peek() !== '|') break;
      this.#at++;
    }
    return branches.some((choice) => choice === undefined) ? undefined : branches.flatMap((choice) => choice ?? []);
  }

  #branch(outer: boolean): { readonly choice: Choice; readonly ignoreCase: boolean } {
    let ignoreCase = outer;
    let best: Choice;
    let run = '';
    const flush = (): void => {
      for (const text of ignoreCase ? run.split(UNSURE) : [run])
        if ([...text].length >= this.#least) best = better(best, [{ text, ignoreCase }]);
      run = '';
    };
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek()) {
      const flagged = this.#flags(ignoreCase);
      if (flagged !== undefined) {
        flush();
        ignoreCase = flagged;
        continue;
      }
      const atom = this.#atom(ignoreCase);
      const times = this.#quantifier();
      if (atom.kind === 'nothing') continue;
      if (atom.kind === 'text' && times === 'once') {
        run += atom.text;
        continue;
      }
      if (atom.kind === 'text' && times === 'more') run += atom.text;
      flush();
      if (atom.kind === 'group' && times !== 'maybe') best = better(best, atom.choice);
    }
    flush();
    return { choice: best, ignoreCase };
  }

  /** `(?i)`, `(?s-i)`: for the rest of the group. */
  #flags(ignoreCase: boolean): boolean | undefined {
    const match = /^\(\?([a-zA-Z]*)(?:-([a-zA-Z]+))?\)/.exec(this.#rest());
    if (match === null) return undefined;
    this.#at += match[0].length;
    return flagged(match[1], match[2], ignoreCase);
  }

  #atom(ignoreCase: boolean): Atom {
    const next = this.#peek() ?? '';
    switch (next) {
      case '(': {
        const [head = '(', on, off] = /^\((?:\?P?<\w+>|\?([a-zA-Z]*)(?:-([a-zA-Z]+))?:)?/.exec(this.#rest()) ?? [];
        this.#at += head.length;
        const choice = this.alternatives(flagged(on, off, ignoreCase));
        this.#at++;
        return { kind: 'group', choice };
      }
      case '[':
        this.#class();
        return { kind: 'other' };
      case '\\':
        return this.#escape();
      case '.':
        this.#at++;
        return { kind: 'other' };
      case '^':
      case '$':
        this.#at++;
        return { kind: 'nothing' };
      default:
        this.#at++;
        return { kind: 'text', text: next };
    }
  }

  #class(): void {
    const match = /^\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*\]/u.exec(this.#rest());
    this.#at += [...(match?.[0] ?? '[')].length;
  }

  #escape(): Atom {
    const rest = this.#rest();
    const quoted = /^\\Q([\s\S]*?)(?:\\E|$)/.exec(rest);
    const [all, text] = quoted ?? /^\\([^a-zA-Z0-9])/u.exec(rest) ?? [];
    if (all !== undefined && text !== undefined) {
      this.#at += [...all].length;
      return { kind: 'text', text };
    }
    const [long] = /^\\(?:[pP](?:\{[^}]*\}|.)|x(?:\{[^}]*\}|..)|[0-7]{1,3})/.exec(rest) ?? [];
    if (long !== undefined) {
      this.#at += long.length;
      return { kind: 'other' };
    }
    this.#at += 2;
    return /^\\[bBAz]/.test(rest) ? { kind: 'nothing' } : { kind: 'other' };
  }

  #quantifier(): 'once' | 'more' | 'maybe' {
    const [all, least] = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/.exec(this.#rest()) ?? [];
    if (all === undefined) return 'once';
    this.#at += all.length;
    return all.startsWith('+') || Number(least ?? 0) > 0 ? 'more' : 'maybe';
  }

  #peek(): string | undefined {
    return this.#characters[this.#at];
  }

  #rest(): string {
    return this.#characters.slice(this.#at).join('');
  }
}

type Atom =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'group'; readonly choice: Choice }
  /** Matches some text that is not known. */
  | { readonly kind: 'other' }
  /** Matches a place between characters. */
  | { readonly kind: 'nothing' };

// Without regard to case, `k` and `s` also match letters outside of ASCII, and letters outside of ASCII each other: no search for
// bytes finds these. A line break is never in a line.
const UNSURE = /[ksKS\n\r]|[^\p{ASCII}]/u;

function flagged(on: string | undefined, off: string | undefined, ignoreCase: boolean): boolean {
  if (off?.includes('i') === true) return false;
  return ignoreCase || on?.includes('i') === true;
}

/** The one whose shortest literal is longer. */
function better(left: Choice, right: Choice): Choice {
  return shortest(right) > shortest(left) ? right : left;
}

function shortest(choice: Choice): number {
  return choice === undefined ? -1 : Math.min(...choice.map(({ text }) => text.length));
}
