import { err, ok, type Result } from '../../../util/result.ts';

/** More names than this in one inventory are a slip of the pen, such as `web[01:99999999]`. */
export const MOST_HOSTS = 10_000;

/** As in Ansible, `[y:B]` is `y z A B`. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * All names that a host with ranges stands for: `web[01:03].example.com` is `web01`, `web02` and `web03`, as in Ansible. Ranges
 * are numbers, padded like their beginning, or single letters; both ends belong to them; a third part is the step.
 */
export function expandHostRange(key: string): Result<readonly string[], string> {
  let names: readonly string[] = [''];
  let at = 0;
  for (let open = key.indexOf('['); open >= 0; open = key.indexOf('[', at)) {
    const close = key.indexOf(']', at);
    if (close < 0) return err('a [ is not closed');
    if (close < open) return err('a ] has no [ before it');
    const items = expandItems(key.slice(open + 1, close));
    if (!items.ok) return items;
    if (names.length * items.value.length > MOST_HOSTS) return err(`more than ${MOST_HOSTS} hosts`);
    const text = key.slice(at, open);
    names = names.flatMap((name) => items.value.map((item) => name + text + item));
    at = close + 1;
  }
  return ok(names.map((name) => name + key.slice(at)));
}

function expandItems(range: string): Result<readonly string[], string> {
  const [begin = '', last = '', step = '1', ...others] = range.split(':');
  if (last === '' || others.length > 0) return err(`[${range}] is not [first:last] or [first:last:step]`);
  if (!/^0*[1-9]\d{0,4}$/.test(step)) return err(`the step of [${range}] is not a number from 1`);
  const first = begin === '' ? '0' : begin;
  const [from, to] = [LETTERS.indexOf(first), LETTERS.indexOf(last)];
  if (first.length === 1 && last.length === 1 && from >= 0 && to >= 0) {
    const letters = count(from, to, Number(step), range);
    return letters.ok ? ok(letters.value.map((index) => LETTERS[index] ?? '')) : letters;
  }
  if (!/^\d{1,9}$/.test(first) || !/^\d{1,9}$/.test(last))
    return err(`[${range}] is neither of numbers nor of letters`);
  const isPadded = first.length > 1 && first.startsWith('0');
  if (isPadded && first.length !== last.length)
    return err(`${first} and ${last} in [${range}] have not the same number of digits`);
  const numbers = count(Number(first), Number(last), Number(step), range);
  const width = isPadded ? first.length : 0;
  return numbers.ok ? ok(numbers.value.map((number) => String(number).padStart(width, '0'))) : numbers;
}

function count(first: number, last: number, step: number, range: string): Result<readonly number[], string> {
  if (last < first) return err(`[${range}] ends before it begins`);
  const size = Math.floor((last - first) / step) + 1;
  if (size > MOST_HOSTS) return err(`more than ${MOST_HOSTS} hosts`);
  return ok(Array.from({ length: size }, (_, index) => first + index * step));
}
