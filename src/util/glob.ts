/**
 * Does all of the name match? `*` is any text, `?` one UTF-16 unit, all else itself. Two pointers with one place to go back to:
 * fast for any pattern, where a backtracking regular expression is not.
 */
export function matchesGlob(glob: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let retryFrom = 0;
  let index = 0;
  while (index < name.length) {
    if (glob[at] === '*') {
      star = at++;
      retryFrom = index;
    } else if (at < glob.length && (glob[at] === '?' || glob[at] === name[index])) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++retryFrom;
    } else {
      return false;
    }
  }
  while (glob[at] === '*') at++;
  return at === glob.length;
}
