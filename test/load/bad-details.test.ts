import {
  WHEN,
  PATTERN,
  SUMMARY,
  DIAGNOSE,
  VERIFY,
  step,
  id,
  when,
  testCases,
  type Case,
} from '../support/bad-cases.ts';
import { changed } from '../support/base-runbook.ts';

const NO_COMMAND = 'command: []\n    undo: { none: nothing }';
const NO_ARGV = 'command: { argv: [] }\n    undo: { none: nothing }';

const PATTERNS: readonly Case[] = [
  ['an unclosed group', changed(PATTERN, "'a(b'"), '12:87 E_REGEX'],
  ['a look-ahead', changed(PATTERN, "'abc(?=x)'"), '12:90 E_REGEX'],
  ['a back-reference', changed(PATTERN, String.raw`'(a)\1'`), '12:90 E_REGEX'],
  ['a pattern of 100 kB', changed(PATTERN, `'${'x'.repeat(100_000)}'`), '12:87 E_REGEX'],
  ['a pattern that would hang other engines', changed(PATTERN, "'(aaa+)+$'")],
  ['a group of digits', changed(PATTERN, "'(28)No space'"), '12:87 W_GROUP_DIGITS'],
  ['a group of digits in re()', when("when: re(svc.unit, 'x (28)') && log.counts.full == 0"), '15:27 W_GROUP_DIGITS'],
  [
    'a group of digits in the pattern of a param',
    changed('default: apache2 }', "default: apache2, pattern: '(2)' }"),
    '4:56 W_GROUP_DIGITS',
  ],
  ['a double compared in a text', changed(SUMMARY, '"${{ params.limit == 90.0 }}"'), '16:19 W_DOUBLE_EQUAL'],
  [
    'a command without a word',
    changed('service: { name: "${{ svc.unit }}", state: started }', NO_COMMAND),
    '20:14 E_TYPE',
  ],
  [
    'a command without a word, in full',
    changed('service: { name: "${{ svc.unit }}", state: started }', NO_ARGV),
    '20:22 E_TYPE',
  ],
  ['a pattern without a literal', changed(PATTERN, "'a.c'"), '12:86 W_NO_LITERAL'],
  ['a pattern that is a number', changed(PATTERN, '5'), '12:86 E_REGEX'],
  ['a name of a pattern in capitals', changed("full: 'No", "Full: 'No"), '12:80 E_ID', '15:38 E_FIELD'],
  ['a span in a pattern', changed(PATTERN, "'x${{ params.service }}'"), '12:86 E_REGEX'],
];

const DETAILS: readonly Case[] = [
  ['a number as a name', step('name: 5'), '20:11 E_STRING'],
  ['an empty name', step('name: ""'), '20:11 E_STRING'],
  ['a summary of two lines', changed('summary: A service is down', 'summary: "a\\nb"'), '2:10 E_VALUE'],
  ['a span in the summary', changed('summary: A service', 'summary: A ${{ host.name }}'), '2:10 E_TEMPLATE'],
  ['the id prototype', id('prototype'), '18:9 E_ID'],
  ['the id constructor', id('constructor'), '18:9 E_ID'],
  ['an id that is also a function', id('size')],
  ['a secret by name in a step', changed('state: started', 'state: !secret X'), '20:48 E_SECRET'],
  ['a secret item of a loop', step('loop: ["${{ params.password }}"]'), '20:12 E_SECRET'],
  ['items that are no list', changed('  down:\n', '  down:\n    items: svc.unit\n'), '15:12 E_TYPE'],
  ['a finding without when and items', changed(`    ${WHEN}\n`, ''), '14:3 E_REQUIRED'],
  ['a pattern of a param', changed('default: apache2', "default: apache2, pattern: '(a'"), '4:56 E_REGEX'],
  [
    'a default that its pattern refuses',
    changed('default: apache2', "default: apache2, pattern: '^x'"),
    '4:37 E_VALUE',
  ],
  ['a default that is no choice', changed('default: apache2', 'default: apache2, enum: [nginx]'), '4:37 E_VALUE'],
  [
    'a minimum above the maximum',
    changed('{ type: percent, default: 90% }', '{ type: integer, minimum: 5, maximum: 1 }'),
    '5:36 E_RANGE',
  ],
  ['a span in a default', changed('default: apache2', 'default: "${{ host.name }}"'), '4:37 E_TEMPLATE'],
  ['a span in an item of a default', changed('default: [a, b]', 'default: [a, "${{ host.name }}"]'), '6:49 E_TEMPLATE'],
  ['an item of a default', changed('of: string, default: [a, b]', 'of: size, default: [1MB, 2]'), '6:49 E_TYPE'],
  ['a secret for a text', changed('default: apache2', 'default: !secret X'), '4:37 E_SECRET'],
  ['a NUL for a command', changed('state: started', 'state: "a\\0b"'), '20:48 E_CONTROL'],
  ['a NUL in a text with a span', changed('"journal:', '"\\0journal:'), '12:29 E_CONTROL'],
  [
    'a control character in shell text',
    changed(
      VERIFY,
      `  - shell: "echo \\x01 \${{ params.service }}"\n    effect: reads\n    expect: result.code == 0\n${VERIFY}`,
    ),
    '22:18 E_CONTROL',
  ],
  ['an unknown type', changed('type: percent', 'type: percnt'), '5:18 E_VALUE'],
  ['env of an action that starts nothing', step('env: { A: b }'), '20:5 E_ENV'],
  [
    'a variable that changes the shell',
    changed(
      VERIFY,
      `  - command: [a]\n    effect: reads\n    env: { PATH: /tmp }\n    expect: result.code == 0\n${VERIFY}`,
    ),
    '24:12 E_ENV',
  ],
  ['undo of a step that reads', changed(DIAGNOSE, `${DIAGNOSE}    undo: { none: x }\n`), '11:5 E_UNKNOWN_KEY'],
  ['an undo list with a mistake', step('undo:\n      - service: { nam: a }'), '21:9 E_REQUIRED', '21:20 E_UNKNOWN_KEY'],
  [
    'an action without its params',
    changed('service: { name: "${{ svc.unit }}", state: started }', 'service: apache2'),
    '20:14 E_TYPE',
  ],
  [
    'a text put together for a number',
    changed('sources: [', 'limit: "1${{ svc.main_pid }}", sources: ['),
    '12:26 E_TYPE',
  ],
  ['a double for an int', changed('sources: [', 'limit: "${{ 1.5 }}", sources: ['), '12:31 E_TYPE'],
  [
    'an object without the fields that a param needs',
    changed(
      '    service: { name: "${{ svc.unit }}", state: started }',
      '    semaphores_remove: { sets: "${{ [svc] }}" }',
    ),
    '20:37 E_TYPE',
  ],
  [
    'soak without a unit',
    changed('verify:\n  - service_status', 'verify:\n  soak: 10\n  steps:\n  - service_status'),
    '22:9 E_DURATION',
  ],
  [
    'every: 0s',
    changed('verify:\n  - service_status', 'verify:\n  every: 0s\n  steps:\n  - service_status'),
    '22:10 E_DURATION',
  ],
  ['verify without steps', changed(/verify:\n[\s\S]*/, 'verify:\n  soak: 5s\n'), '22:3 E_REQUIRED'],
  [
    'a group with an action',
    changed('fix:\n', 'fix:\n  - for: down\n    service: { name: a }\n    steps:\n      - service: { name: a }\n'),
    '19:5 E_TYPE',
  ],
  [
    'a harder step that does not look again',
    changed('verify:\n', '  - id: remove\n    for: down\n    files_remove: { paths: [/x] }\nverify:\n'),
    '21:5 W_NO_RETEST',
  ],
];

describe('What is wrong with the details of a runbook', () => {
  testCases('patterns', PATTERNS);
  testCases('details', DETAILS);
});
