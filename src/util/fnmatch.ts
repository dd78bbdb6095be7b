/** Does all of the name match? Compares UTF-16 units, and case. */
export type NameMatcher = (name: string) => boolean;

/** One unit of the name: itself, one of ranges, any one; or any text. */
type Token =
  | { readonly kind: 'unit'; readonly unit: string }
  | { readonly kind: 'set'; readonly isNegated: boolean; readonly ranges: readonly Range[] }
  | { readonly kind: 'one' }
  | { readonly kind: 'any' };

type Range = readonly [first: string, last: string];

/**
 * A glob as Python's `fnmatch.translate` reads it: `*`, `?`, `[abc]`, `[a-z]`, `[!a-z]`; a `[` that is not closed is itself. Two
 * pointers with one place to go back to: fast for any glob, where a backtracking regular expression is not.
 */
export function fnmatch(glob: string): NameMatcher {
  const tokens = tokensOf(glob);
  return (name) => {
    let at = 0;
    let star = -1;
    let retryFrom = 0;
    let index = 0;
    while (index < name.length) {
      const token = tokens[at];
      if (token?.kind === 'any') {
        star = at++;
        retryFrom = index;
      } else if (token !== undefined && takes(token, name[index] ?? '')) {
        at++;
        index++;
      } else if (star >= 0) {
        at = star + 1;
        index = ++retryFrom;
      } else {
        return false;
      }
    }
    while (tokens[at]?.kind === 'any') at++;
    return at === tokens.length;
  };
}

function takes(token: Token, unit: string): boolean {
  if (token.kind === 'unit') return token.unit === unit;
  if (token.kind === 'set')
    return token.isNegated !== token.ranges.some(([first, last]) => first <= unit && unit <= last);
  return token.kind === 'one';
}

function tokensOf(glob: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < glob.length) {
    const unit = glob[at] ?? '';
    const set = unit === '[' ? /^\[(!?)(\]?[^\]]*)\]/.exec(glob.slice(at)) : null;
    if (set !== null) tokens.push({ kind: 'set', isNegated: set[1] === '!', ranges: rangesOf(set[2] ?? '') });
    else if (unit === '*') tokens.push({ kind: 'any' });
    else tokens.push(unit === '?' ? { kind: 'one' } : { kind: 'unit', unit });
    at += set === null ? 1 : set[0].length;
  }
  return tokens;
}

/** `a-z` from left to right; a `-` at an end is itself, and a range that ends before it begins holds nothing. */
function rangesOf(members: string): readonly Range[] {
  const ranges: Range[] = [];
  let at = 0;
  while (at < members.length) {
    const first = members[at] ?? '';
    const last = members[at + 1] === '-' ? members[at + 2] : undefined;
    ranges.push([first, last ?? first]);
    at += last === undefined ? 1 : 3;
  }
  return ranges;
}
