import { GROUP_NAMES, hostKey, VARIABLE_NAMES } from './generated-names.ts';
import type { Random } from '../support/random.ts';

/** Ansible's YAML form, in block style with values in all styles. */
export function yamlText(random: Random): string {
  const lines: string[] = random.chance(40) ? ['---'] : [];
  const roots = random.chance(70) ? ['all'] : random.some(GROUP_NAMES, 3);
  for (const root of roots.length > 0 ? roots : ['all']) lines.push(...groupLines(random, root, 0));
  if (random.chance(3)) lines.push(random.pick(SLIPS));
  return `${lines.join('\n')}\n`;
}

const SLIPS = [
  'web: [a, b]',
  'web: { hosts: { "web[001:3]": } }',
  '- web',
  'web: { hosts: [web01] }',
  'web: { hostss: { web01: } }',
  'web: { vars: text }',
  ' bad',
];

/** A file of variables. */
export function yamlVariables(random: Random): string {
  const lines = variableLines(random, 0, 4);
  return lines.length === 0 ? '---\n' : `${lines.join('\n')}\n`;
}

function groupLines(random: Random, name: string, depth: number): readonly string[] {
  const indent = '  '.repeat(depth);
  const lines: string[] = [];
  if (random.chance(80)) lines.push(`${indent}  hosts:`, ...hostLines(random, depth + 2));
  if (random.chance(30)) lines.push(`${indent}  vars:`, ...variableLines(random, depth + 2, 3));
  // Only those that come later in the list of names, so that there is hardly ever a circle.
  const later = random.chance(1) ? GROUP_NAMES : GROUP_NAMES.slice(GROUP_NAMES.findIndex((each) => each === name) + 1);
  const children = depth < 6 ? random.some(later, 3 - depth / 2) : [];
  if (children.length > 0) {
    lines.push(`${indent}  children:`);
    for (const child of children) lines.push(...groupLines(random, child, depth + 2));
  }
  const priority = random.chance(4) ? [`${indent}  vars: { ansible_group_priority: ${random.between(0, 9)} }`] : [];
  const body = lines.some((line) => line.startsWith(`${indent}  vars:`)) ? lines : [...lines, ...priority];
  return [`${indent}${name}:`, ...body];
}

function hostLines(random: Random, depth: number): readonly string[] {
  const indent = '  '.repeat(depth);
  const keys = [
    ...new Set(Array.from({ length: random.chance(85) ? random.between(1, 4) : 0 }, () => hostKey(random))),
  ];
  return keys.flatMap((key) => {
    const shown = /[[\]]/.test(key) && random.chance(40) ? `"${key}"` : key;
    if (random.chance(60)) return [`${indent}${shown}:`];
    if (random.chance(20)) return [`${indent}${shown}: {}`];
    const vars = variableLines(random, depth + 1, 3);
    return [`${indent}${shown}:`, ...vars];
  });
}

function variableLines(random: Random, depth: number, most: number): readonly string[] {
  const indent = '  '.repeat(depth);
  return random
    .some(VARIABLE_NAMES, most)
    .flatMap((name) => `${name}: ${random.pick(VALUES)}`.split('\n'))
    .map((line) => `${indent}${line}`);
}

/** Of YAML 1.1, as PyYAML reads them. */
const VALUES = [
  '1',
  '-3',
  '0644',
  '0o17',
  '0x1f',
  '0b101',
  '1_000',
  '089',
  '1.5',
  '1.',
  '.5',
  '1e3',
  '1.0e+3',
  '1.0e3',
  '6.02e23',
  '.inf',
  '12:30:45',
  '12:30',
  'true',
  'True',
  'TRUE',
  'yes',
  'No',
  'on',
  'OFF',
  'y',
  'n',
  'null',
  '~',
  '',
  'Null',
  'plain text',
  '"quoted"',
  "'single'",
  '"1"',
  '"tab\\tand \\u00e9"',
  "'it''s'",
  '2001-01-01',
  '[1, two, 3.0]',
  '[]',
  '{a: 1, b: [yes, no]}',
  '{}',
  '!unsafe "{{ raw }}"',
  '"{{ other }}"',
  '!!str 5',
  '|\n  two\n  lines',
  '>-\n  folded\n  text',
  '\n  - 1\n  - {a: b}',
  '\n  nested: {deep: yes}\n  other: 0644',
  '12345678901234567890',
  'a # comment',
  '0',
  '+1',
  '1__0',
  '_1',
  '1e',
  'é',
] as const;
