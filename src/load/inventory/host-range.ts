import { err, ok, type Result } from '../../util/result.ts';

/** More names than this in one inventory are a slip of the pen, such as `web[01:99999999]`. */
export const MOST_HOSTS = 10_000;

const LETTERS = /^[a-z]$|^[A-Z]$/;

/**
 * All names that an inventory key stands for: `web[01:03].example.com` is `web01`, `web02` and `web03`, as in Ansible. Ranges
 * are numbers, padded like their beginning, or single letters; both ends belong to them; a third part is the step.
 */
export function expandHostRange(key: string): Result<readonly string[], string> {
  const open = key.indexOf('[');
  if (open < 0) return key.includes(']') ? err('a ] has no [ before it') : ok([key]);
  const close = key.indexOf(']', open);
  if (close < 0) return err('a [ is not closed');
  const items = expandItems(key.slice(open + 1, close));
  if (!items.ok) return items;
  const rest = expandHostRange(key.slice(close + 1));
  if (!rest.ok) return rest;
  if (items.value.length * rest.value.length > MOST_HOSTS) return err(`more than ${MOST_HOSTS} hosts`);
  return ok(items.value.flatMap((item) => rest.value.map((tail) => key.slice(0, open) + item + tail)));
}

function expandItems(range: string): Result<readonly string[], string> {
  const [first = '', last = '', step = '1', ...others] = range.split(':');
  if (first === '' || last === '' || others.length > 0)
    return err(`[${range}] is not [first:last] or [first:last:step]`);
  if (!/^[1-9]\d{0,4}$/.test(step)) return err(`the step of [${range}] is not a number from 1`);
  if (LETTERS.test(first) && LETTERS.test(last)) {
    const letters = count(first.charCodeAt(0), last.charCodeAt(0), Number(step), range);
    return letters.ok ? ok(letters.value.map((code) => String.fromCharCode(code))) : letters;
  }
  if (!/^\d{1,9}$/.test(first) || !/^\d{1,9}$/.test(last))
    return err(`[${range}] is neither of numbers nor of letters`);
  const numbers = count(Number(first), Number(last), Number(step), range);
  return numbers.ok ? ok(numbers.value.map((number) => String(number).padStart(first.length, '0'))) : numbers;
}

function count(first: number, last: number, step: number, range: string): Result<readonly number[], string> {
  if (last < first) return err(`[${range}] ends before it begins`);
  const size = Math.floor((last - first) / step) + 1;
  if (size > MOST_HOSTS) return err(`more than ${MOST_HOSTS} hosts`);
  return ok(Array.from({ length: size }, (_, index) => first + index * step));
}
