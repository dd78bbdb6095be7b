import type { Random } from '../support/random.ts';

/** What people write, and what is hard. */
const CHOSEN: readonly string[] = [
  ...['* * * * *', '*/5 * * * *', '*/7 * * * *', '0 * * * *', '30 * * * *', '0 0 * * *', '59 23 * * *', '1 0 * * *'],
  ...[
    '30 2 * * *',
    '0 2 * * *',
    '0 3 * * *',
    '15 1 * * *',
    '30 1 * * *',
    '0,30 2 * * *',
    '0 2,3 * * *',
    '30 1,2 * * *',
  ],
  ...['*/30 1 * * *', '* 2 * * *', '*/10 2-3 * * *', '45 * * * *', '5 */2 * * *', '0 */3 * * *', '0-59 0-23 * * *'],
  ...['0-59/5 0-23 * * *', '10-50/20 1-3 * * *', '0 0 1 * *', '0 0 1 1 *', '30 23 31 12 *', '0 0 29 2 *', '0 0 31 * *'],
  ...['0 0 * * 0', '0 2 * * sun', '30 2 * 3,10,11 0', '0 4 1,15 * mon', '0 0 13 * 5', '0 0 */2 * 1', '0 12 1-7 * */7'],
  ...['*/15 0-4 * * sat,sun', '0 9-17 * * mon-fri', '30 0 * 4,10 *', '0 0 * * 7', '15 0 1-7 * 4-6', '*,30 2 * * *'],
];

/** So many of them, the same for the same seed. */
export function expressions(count: number, random: Random): readonly string[] {
  const made = Array.from({ length: Math.max(0, count - CHOSEN.length) }, () => expression(random));
  return [...CHOSEN, ...made].slice(0, count);
}

/** Mostly of the hours in which clocks are put forward or back. */
function expression(random: Random): string {
  const hour = random.chance(70)
    ? random.pick(['0', '1', '2', '3', '23', '0-3', '1,2', '2-3', '0,23'])
    : field(random, 0, 23);
  const day = random.chance(60) ? '*' : field(random, 1, 28);
  const month = random.chance(70) ? '*' : field(random, 1, 12);
  const weekday = random.chance(60) ? '*' : field(random, 0, 7);
  return [field(random, 0, 59), hour, day, month, weekday].join(' ');
}

function field(random: Random, first: number, last: number): string {
  const from = random.between(first, last);
  const to = random.between(from, last);
  const step = random.between(1, last - first);
  return random.pick([
    '*',
    `*/${step}`,
    `${from}`,
    `${from}-${to}`,
    `${from}-${to}/${step}`,
    `${from},${to}`,
    `*,${from}`,
  ]);
}
