import type { GeneratedInventory } from './generated-inventory.ts';
import { GROUP_NAMES, HOST_NAMES } from './generated-names.ts';
import { Random } from '../support/random.ts';

export type GeneratedPattern = readonly [pattern: string, limit: string | null];

/** Patterns as people write them, most of them about what is in the inventory. */
export function generatePatterns(
  seed: number,
  count: number,
  { files, sources }: GeneratedInventory,
): readonly GeneratedPattern[] {
  const random = new Random(seed ^ 0x5bd1e995);
  const text = [...Object.values(files).map((file) => file.text), ...sources].join('\n');
  const there = [...GROUP_NAMES, ...GROUP_NAMES, ...HOST_NAMES].filter((name) => isThere(name, text));
  const names = [...there, ...there, ...there, 'all', 'all', 'all', 'ungrouped', 'nowhere'];
  return Array.from({ length: count }, () => [
    pattern(random, names),
    random.chance(20) ? pattern(random, [...names, 'all', 'all', 'all']) : null,
  ]);
}

/** As a section or a key, or at the beginning of a line. */
const isThere = (name: string, text: string): boolean =>
  new RegExp(String.raw`(?:^|[\s["])${name.replaceAll('.', String.raw`\.`)}(?:[\]:\s"]|$)`, 'm').test(text);

function pattern(random: Random, names: readonly string[]): string {
  const terms = Array.from({ length: random.between(1, random.chance(75) ? 2 : 5) }, (_, index) => {
    const sign = index === 0 && random.chance(95) ? '' : random.pick(['', '', '!', '!', '&']);
    return sign + term(random, names);
  });
  return terms.join(random.pick([':', ':', ',', ',', ', ', ' ', ' : ']));
}

function term(random: Random, names: readonly string[]): string {
  const name = random.pick(names);
  const kind = random.below(100);
  if (kind < 60) return name;
  if (kind < 86) return random.pick(isLikely(random, names, kind < 75 ? GLOBS : EXPRESSIONS));
  if (kind < 98) return `${random.pick([name, name, 'all', 'all'])}${random.pick(MEMBERS)}`;
  return random.pick(ODD);
}

type Likely = readonly [pattern: string, part: string];

/** Most of the time those that match something. */
function isLikely(random: Random, names: readonly string[], from: readonly Likely[]): readonly string[] {
  const text = names.join(' ');
  const likely = from.filter(([, part]) => text.includes(part));
  return (likely.length === 0 || random.chance(5) ? from : likely).map(([each]) => each);
}

/** With a part of what they match. */
const GLOBS: readonly Likely[] = [
  ['web*', 'web'],
  ['w*', 'w'],
  ['*e*', 'e'],
  ['*.example.com', '.com'],
  ['web0?', 'web0'],
  ['web0[12]*', 'web01'],
  ['[wd]*', 'd'],
  ['[!w]*', 'd'],
  ['db-?', 'db-1'],
  ['*1', '01'],
  ['node_[ab]*', 'node_'],
  ['e*st', 'east'],
  ['a*', 'app'],
  ['?*1', 'web01'],
  ['*[!0-9]*a', 'node_a'],
  ['w*[0]', 'web'],
  ['*e*[1:]', 'web'],
  ['zz*', 'zz'],
];

const EXPRESSIONS: readonly Likely[] = [
  ['~web', 'web'],
  ['~web0[13]$', 'web01'],
  ['~.*1$', '01'],
  ['~(web|db)', 'web'],
  ['~^node', 'node'],
  ['~[a-d].*-[0-9]', 'db-1'],
  ['~(?i)WEB', 'web'],
  ['~.*\\.example\\.com', '.com'],
  ['~\\d+', '192'],
  ['~e(a|we)st$', 'east'],
  ['~zz', 'zz'],
  ['~w.b\\d{2}', 'web01'],
];

const MEMBERS = [
  '[0]',
  '[0]',
  '[0]',
  '[1]',
  '[-1]',
  '[-1]',
  '[0:1]',
  '[1:]',
  '[0:0]',
  '[2:1]',
  '[5]',
  '[-4]',
  '[0:9]',
  '[3:9]',
];

const ODD = [
  '2001:db8::1',
  'web01:22',
  'web[1:3]',
  'localhost',
  'web01.',
  '-x',
  'all*',
  '!web',
  '&&web',
  '[web',
  'web]',
  'w*[0-9]',
  'web[:2]',
];
