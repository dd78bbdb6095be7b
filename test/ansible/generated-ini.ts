import { GROUP_NAMES, hostKey, HOST_NAMES, VARIABLE_NAMES } from './generated-names.ts';
import type { Random } from '../support/random.ts';

/** Ansible's INI form: sections in any order, some of them twice. */
export function iniText(random: Random): string {
  const lines: string[] = [];
  if (random.chance(60)) lines.push(...hostLines(random, 3));
  const groups = random.some(GROUP_NAMES, 5);
  const sections = groups.flatMap((group, index) => {
    const texts = [[`[${group}]${random.chance(10) ? ' # hosts' : ''}`, ...hostLines(random, 4)]];
    if (random.chance(25)) texts.push([`[${group}:vars]`, ...variableLines(random, 3)]);
    // Children only of those before, so that there is no circle; now and then of one that is nowhere.
    const children = random.some(groups.slice(0, index), 2);
    const missing = random.chance(2) ? ['nowhere'] : [];
    if (children.length + missing.length > 0) texts.push([`[${group}:children]`, ...children, ...missing]);
    return texts;
  });
  if (random.chance(20)) sections.push(['[all:vars]', ...variableLines(random, 3)]);
  if (random.chance(8)) sections.push(['[ungrouped]', random.pick(HOST_NAMES)]);
  if (random.chance(8) && groups.length > 0) sections.push([`[${random.pick(groups)}]`, ...hostLines(random, 2)]);
  if (random.chance(10) && groups.length > 0)
    sections.push([`[${random.pick(groups)}:vars]`, `ansible_group_priority=${random.between(0, 12)}`]);
  for (const section of shuffled(random, sections)) lines.push(random.chance(20) ? '' : '# next', ...section);
  if (random.chance(4)) lines.push(random.pick(SLIPS));
  return `${lines.join('\n')}\n`;
}

const SLIPS = [
  '[web:chldren]',
  '[web',
  'web[1:',
  'web01 a',
  "web01 a='",
  'web01 = x',
  '[]',
  'web[a:3]',
  'web[001:3]',
] as const;

function hostLines(random: Random, most: number): readonly string[] {
  return Array.from({ length: random.chance(85) ? random.between(1, most) : 0 }, () => {
    const port = random.chance(8) ? `:${random.between(1, 65_535)}` : '';
    const vars = random
      .some(VARIABLE_NAMES, random.chance(50) ? 0 : 3)
      .map((name) => `${name}=${random.pick(INLINE_VALUES)}`);
    const comment = random.chance(6) ? ['# why'] : [];
    return [`${hostKey(random)}${port}`, ...vars, ...comment].join(random.chance(90) ? ' ' : '   ');
  });
}

function variableLines(random: Random, most: number): readonly string[] {
  return random.some(VARIABLE_NAMES, most).map((name) => {
    const equals = random.pick(['=', ' = ', '= ']);
    return `${name}${equals}${random.pick(random.chance(60) ? INLINE_VALUES : LINE_VALUES)}`;
  });
}

/** As one word for the shell. */
const INLINE_VALUES = [
  '1',
  '080',
  '0644',
  '0x1f',
  '0o17',
  '1_000',
  '-3',
  '1.5',
  '1.0',
  '1e3',
  'True',
  'true',
  'yes',
  'None',
  'plain',
  'a=b',
  '"two words"',
  "'two words'",
  '"[1, 2]"',
  '"{\'a\': 1}"',
  '"\'1\'"',
  '\'"1"\'',
  'a\\ b',
  '"a#b"',
  'a#b',
  '""',
  '[]',
  '[1,2]',
  '{}',
  '"(1, 2)"',
  '12345678901234567890',
  '{{other}}',
  '"{{ other }}"',
  '~/x',
  '+1',
  '"1 + 1"',
  "b'x'",
  '"# no comment"',
] as const;

/** To the end of the line. */
const LINE_VALUES = [
  'two words',
  'a # b',
  '"quoted" # comment',
  "it's",
  '[1, "two", {"three": 3}]',
  '{"a": [True, None]}',
  "{'a': 'b'",
  '',
  'a = b',
  '  spaces  ',
  'true',
  '"1"',
  '1 # one',
] as const;

function shuffled<T>(random: Random, items: readonly T[]): readonly T[] {
  const left = [...items];
  return Array.from({ length: left.length }, () => left.splice(random.below(left.length), 1)).flat() as readonly T[];
}
