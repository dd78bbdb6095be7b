import assert from 'node:assert/strict';
import {
  FOR,
  SUMMARY,
  DIAGNOSE,
  VERIFY,
  step,
  timeout,
  limit,
  when,
  top,
  id,
  testCases,
  type Case,
} from '../support/bad-cases.ts';
import { BASE_RUNBOOK, changed, lint, lintCodes } from '../support/base-runbook.ts';

const ROLLBACK = 'rollback:\n  - service: { name: apache2, state: started }\n';
const NAMED = ROLLBACK.replace('- service', '- id: back\n    service');
const group = (key: string): string =>
  changed('fix:\n', `fix:\n  - ${key}\n    for: down\n    steps:\n      - service: { name: a, state: started }\n`);

const FILES: readonly Case[] = [
  ['an empty file', '', '1:1 E_EMPTY'],
  ['only comments', '# nothing\n', '1:1 E_EMPTY'],
  ['null', 'null\n', '1:1 E_EMPTY'],
  ['a text', 'hello\n', '1:1 E_TYPE'],
  ['a list', '- a\n- b\n', '1:1 E_TYPE'],
  ['two documents', `${BASE_RUNBOOK}---\n${BASE_RUNBOOK}`, '24:1 E_MULTIDOC'],
  ['tabs as indentation', changed('  - id: svc', '\t- id: svc'), '9:1 E_YAML'],
  ['a key twice', top('runbook: base'), '2:1 E_DUPKEY'],
  ['a key twice, once quoted', top('"runbook": base'), '2:1 E_DUPKEY'],
  ['a merge key', top('<<: x'), '2:1 E_MERGE'],
  ['a reserved key', top('__proto__: x'), '2:1 E_KEY'],
  ['a tag', top('hosts: !!js/function x'), '2:8 E_TAG'],
  ['a control character', top('hosts: "a\u0007"'), '2:10 E_CONTROL'],
  ['a change of direction', top('hosts: a\u202eb'), '2:9 E_BIDI'],
  ['an invisible character', top('hosts: a\u200bb'), '2:9 E_INVISIBLE'],
  ['half a character', top('hosts: a\ud800'), '2:9 E_ENCODING'],
  ['an empty value', top('hosts:'), '2:1 E_NULL'],
  ['an empty value that is needed', changed('summary: A service is down', 'summary:'), '2:1 E_NULL'],
  ['an empty map that is needed', changed(/findings:[\s\S]*?fix:/, 'findings:\nfix:'), '13:1 E_NULL'],
  ['a tag on a value that is needed', changed('summary: A', 'summary: !A'), '2:10 E_TAG'],
];

const STRUCTURE: readonly Case[] = [
  ['a key with a typing error', changed('summary: A', 'sumary: A'), '2:1 E_UNKNOWN_KEY'],
  ['a key with a foreign letter', changed('diagnose:', 'diаgnose:'), '8:1 E_UNKNOWN_KEY'],
  [
    'an action with a typing error',
    changed('    service_status: { name: "${{ params', '    service_statu: { name: "${{ params'),
    '10:5 E_UNKNOWN_KEY',
  ],
  ['a key of verify at the top', top('soak: 5s'), '2:1 E_UNKNOWN_KEY'],
  ['a key of a finding in a step', step('severity: info'), '20:5 E_UNKNOWN_KEY'],
  ['an action at the top', top('service: {}'), '2:1 E_UNKNOWN_KEY'],
  ['no summary', changed('summary: A service is down\n', ''), '1:1 E_REQUIRED'],
  ['no findings', changed(/findings:[\s\S]*?fix:/, 'fix:'), '1:1 E_REQUIRED'],
  ['no steps in diagnose', changed(/diagnose:[\s\S]*?findings:/, 'diagnose: []\nfindings:'), '8:11 E_EMPTY_STEPS'],
  ['fix without verify', changed(/verify:[\s\S]*/, ''), '17:1 E_NO_VERIFY'],
  ['verify without fix', changed(/fix:[\s\S]*?verify:/, 'verify:'), '14:3 E_NO_ADVICE', '17:1 E_NO_FIX'],
  ['a step with two actions', changed(DIAGNOSE, `${DIAGNOSE}    http: { url: a }\n`), '11:5 E_ONE_ACTION'],
  ['a step without an action', changed(DIAGNOSE, ''), '9:5 E_NO_ACTION'],
  ['another name than the file', changed('runbook: base', 'runbook: other'), '1:10 E_NAME'],
  ['a name that is none', changed('runbook: base', 'runbook: Base!'), '1:10 E_NAME'],
  ['an empty summary', changed('summary: A service is down', 'summary: ""'), '2:10 E_VALUE'],
  ['a pattern for all hosts that is not the word', top('hosts: "*"'), '2:8 E_TARGET_ALL'],
  ['an empty host pattern', top('hosts: ""'), '2:8 E_TARGET_EMPTY'],
  ['a host pattern that only takes away', top('hosts: "!web01"'), '2:8 E_TARGET'],
  ['a file of names as hosts', top('hosts: "@failed.txt"'), '2:8 E_TARGET'],
  ['a list of hosts', top('hosts: []'), '2:8 E_TYPE'],
  ['a number as the id', id('5'), '18:9 E_STRING'],
  ['a number as the summary of a finding', changed(SUMMARY, '5'), '16:14 E_STRING'],
  ['a number as a user', top('become: 0'), '2:9 E_STRING'],
  ['too many steps', changed(VERIFY, VERIFY.repeat(500)), '1016:5 E_SIZE'],
];

const LITERALS: readonly Case[] = [
  ...['10', '10 minutes', '-5s', '0', '0s', '1e999s', 'NaN', '99999999d', '1:30', '25h'].map((value): Case => [
    `timeout: ${value}`,
    timeout(value),
    '20:14 E_DURATION',
  ]),
  ...['9007199254740993', '1.5', '0x10', '0777', '1_000', '1e3'].map((value): Case => [
    `an int written ${value}`,
    limit(value),
    '12:26 E_INT',
  ]),
  ['an int written .inf', limit('.inf'), '12:26 E_NUMBER'],
  ['no_log: yes', step('no_log: yes'), '20:13 E_BOOL'],
  ['become: On', top('become: On'), '2:9 E_BOOL'],
  ['become: yes', top('become: yes'), '2:9 E_BOOL'],
  ['become: True', top('become: True'), '2:9 E_BOOL'],
  ['a version without quotes', changed('default: apache2', 'default: 1.10'), '4:37 E_STRING'],
  ['a date is text', changed('default: apache2', 'default: 2026-01-01')],
  ['a time is text', changed('default: apache2', 'default: 12:30:45')],
  ['a percent without its sign', changed('default: 90%', 'default: 90'), '5:36 E_TYPE'],
  [
    'a mode without quotes',
    changed(
      '    service: { name: "${{ svc.unit }}", state: started }',
      '    file: { path: /x, state: directory, mode: 644 }',
    ),
    '20:47 E_MODE',
  ],
  [
    'a default below the minimum',
    changed('{ type: percent, default: 90% }', '{ type: integer, minimum: 5, default: 1 }'),
    '5:48 E_RANGE',
  ],
  [
    'a choice of integers',
    changed('{ type: percent, default: 90% }', '{ type: integer, enum: [a], default: 1 }'),
    '5:27 E_PARAM',
  ],
  ['a list of nothing', changed('of: string, ', ''), '6:12 E_REQUIRED'],
  ['a param in capitals', changed('  limit: {', '  Limit: {'), '5:3 E_ID'],
];

const NAMES: readonly Case[] = [
  ['an id twice', id('svc'), '18:9 E_ID'],
  ...['"a b"', 'a-b', '../x', 'a'.repeat(300), '""', '🙂', 'params', 'list', 'Start'].map((value): Case => [
    `the id ${value.slice(0, 20)}`,
    id(value),
    '18:9 E_ID',
  ]),
  ['an unknown step', changed('svc.active &&', 'svcc.active &&'), '15:13 E_REF'],
  ['an unknown field', changed('svc.active &&', 'svc.activ &&'), '15:17 E_FIELD'],
  ['a field that is no pattern', changed('log.counts.full', 'log.counts.ful'), '15:38 E_FIELD'],
  [
    'a step that comes later',
    changed('service_status: { name: "${{ params.service }}" }', 'service_status: { name: "${{ log.status }}" }'),
    '10:34 E_REF',
  ],
  ['result in when', step('when: result.before == "x"'), '20:11 E_REF'],
  ['item without a loop', step('when: item == "x"'), '20:11 E_REF'],
  ['findings in diagnose', changed(DIAGNOSE, `${DIAGNOSE}    when: findings.down.present\n`), '11:11 E_REF'],
  ['a finding that reads itself', changed(SUMMARY, '"${{ findings.down.present }}"'), '16:28 E_REF'],
];

const EXPRESSIONS: readonly Case[] = [
  ['a value that starts with !', when('when: !svc.active'), '15:11 E_TAG'],
  ['a comment behind an expression', when('when: svc.active # and more'), '15:22 E_COMMENT'],
  ['a span under a bare key', when('when: "${{ svc.active }}"'), '15:11 E_BARE'],
  ['a choice without quotes', when('when: svc.active ? "a" : "b"'), '15:28 E_YAML'],
  ['a number as a condition', when('when: svc.main_pid'), '15:11 E_TYPE'],
  ['yes as a condition', when('when: yes'), '15:11 E_BOOL'],
  ['a list as a condition', when('when: [a]'), '15:11 E_TYPE'],
  ['an unclosed span', changed(SUMMARY, '"${{ params.service is down"'), '16:15 E_TEMPLATE'],
  ['a span in a span', changed(SUMMARY, '"${{ a ${{ b }} }}"'), '16:21 E_TEMPLATE'],
  ['an empty span', changed(SUMMARY, '"${{ }} is down"'), '16:15 E_TEMPLATE'],
  ['a comment inside a span', changed(SUMMARY, '${{ params.service # x }}'), '16:33 E_COMMENT'],
  ['a list inside text', changed('is down"', 'is ${{ params.names }}"'), '16:44 E_TYPE'],
  [
    'a list for a text',
    changed('{ name: "${{ svc.unit }}", state', '{ name: "${{ params.names }}", state'),
    '20:27 E_TYPE',
  ],
  ['a text for a list', changed('sources: ["journal:${{ svc.unit }}"]', 'sources: a'), '12:28 E_TYPE'],
  ['a secret inside text', changed('is down"', 'is ${{ params.password }}"'), '16:44 E_SECRET'],
  ['a secret asked for', changed('svc.active &&', 'has(params.password) &&'), '15:17 E_SECRET'],
  ['an int of more than 64 bits', changed('svc.active &&', '9223372036854775808 > 1 &&'), '15:13 E_INT'],
  ['a secret compared', when('when: params.password == "x"'), '15:11 E_SECRET'],
  [
    'a secret in clear text',
    changed('type: secret, default: ""', 'type: secret, default: hunter2'),
    '7:38 E_PLAINTEXT_SECRET',
  ],
  [
    'a secret in env in clear text',
    changed(
      VERIFY,
      `  - command: [a]\n    effect: reads\n    env: { PGPASSWORD: hunter2 }\n    expect: result.code == 0\n${VERIFY}`,
    ),
    '24:24 E_PLAINTEXT_SECRET',
  ],
  ['a private key', top('description: "-----BEGIN OPENSSH PRIVATE KEY-----"'), '2:14 E_PLAINTEXT_SECRET'],
  ['a loop over a text', step('loop: svc.unit'), '20:11 E_TYPE'],
  ['a loop over a mixture', step('loop: [a, 1]'), '20:15 E_TYPE'],
  ['a double compared for equality', changed('svc.active &&', 'svc.active && 1.5 == 2.0 &&'), '15:27 W_DOUBLE_EQUAL'],
];

const PHASES: readonly Case[] = [
  ['a fix step without for', changed(FOR, ''), '18:5 E_NO_FOR'],
  ['a fix for an unknown finding', changed(FOR, '    for: dwn\n'), '19:10 E_REF'],
  [
    'a fix for information',
    changed('    when: "!svc', '    severity: info\n    advice: x\n    when: "!svc'),
    '21:10 E_FOR',
  ],
  ['an unknown severity', changed('    when: "!svc', '    severity: problm\n    when: "!svc'), '15:15 E_VALUE'],
  [
    'a command without undo',
    changed('    service: { name: "${{ svc.unit }}", state: started }', '    command: [a, b]'),
    '18:5 E_NO_UNDO',
  ],
  [
    'a changing action in verify',
    changed(VERIFY, '  - service: { name: a }\n    expect: result.before == "x"\n'),
    '22:5 E_EFFECT',
  ],
  ['effect of an action that is not open', step('effect: reads'), '20:5 E_EFFECT'],
  ['a verify step without expect', changed('    expect: result.active\n', ''), '22:5 E_NO_EXPECT'],
  ['a lowered risk', step('risk: none'), '20:11 E_RISK'],
  [
    'for outside of fix',
    changed('    expect: result.active', '    for: down\n    expect: result.active'),
    '23:5 E_UNKNOWN_KEY',
  ],
  ['since: fix outside of verify', changed('since: 1h', 'since: fix'), '12:64 E_SINCE'],
  [
    'a diagnose step that nobody reads',
    changed('  - id: log', '  - oom_kills: { since: 1h }\n  - id: log'),
    '11:5 W_UNUSED_STEP',
  ],
  ['until on a change that may not be repeated', step('until: result.status == "ok"'), '20:5 E_UNTIL'],
  ['until that is no condition', step('idempotent: true\n    until: result.status'), '21:12 E_TYPE'],
  ['retries and delay without until', step('retries: 3\n    delay: 5s'), '20:5 E_UNTIL', '21:5 E_UNTIL'],
  ['too many retries', step('idempotent: true\n    until: "true"\n    retries: 1001'), '22:14 E_RANGE'],
  ['a delay without evidence', step('idempotent: true\n    until: "true"\n    delay: 61s'), '22:12 E_DURATION'],
  ['a loop over a group that is no list', group('loop: svc.unit'), '18:11 E_TYPE'],
  ['an id on a group', group('id: all'), '18:5 E_UNKNOWN_KEY'],
  ['until on a group', group('until: "true"'), '18:5 E_UNKNOWN_KEY'],
  ['a rollback without fix', changed(/fix:[\s\S]*/, ROLLBACK), '14:3 E_NO_ADVICE', '17:1 E_NO_FIX'],
  [
    'keys of a fix in a rollback step',
    `${BASE_RUNBOOK}${ROLLBACK}    for: down\n    retest: true\n    undo: { none: x }\n`,
    ...['26:5 E_UNKNOWN_KEY', '27:5 E_UNKNOWN_KEY', '28:5 E_UNKNOWN_KEY'],
  ],
  [
    'a rollback step that is read before',
    changed('expect: result.active', 'expect: back.unit == ""') + NAMED,
    '23:13 E_REF',
  ],
];

const TABLES: Readonly<Record<string, readonly Case[]>> = { FILES, STRUCTURE, LITERALS, NAMES, EXPRESSIONS, PHASES };

describe('What is wrong with a runbook', () => {
  it('is nothing for the runbook that all cases are made from', () => {
    assert.deepEqual(lintCodes(BASE_RUNBOOK), []);
  });

  for (const [table, cases] of Object.entries(TABLES)) testCases(table.toLowerCase(), cases);

  it('is said with a hint for every error of a person', () => {
    const silent = new Set(['E_EMPTY']);
    const all = Object.values(TABLES)
      .flat()
      .flatMap(([, text]) => lint(text));
    const without = all
      .filter(({ hint, code }) => hint === undefined && !silent.has(code))
      .map(({ code, message }) => `${code} ${message}`);
    assert.deepEqual(without, []);
  });

  const NEXT: readonly (readonly [what: string, text: string, said: RegExp])[] = [
    [
      'a comma that cuts a value inside { }',
      changed('findings:\n', 'findings:\n  cut: { when: svc.active && max(svc.pids, 1) > 0, summary: x, advice: y }\n'),
      /quote all of it: inside \{ \} a comma ends a value/,
    ],
    [
      'a command line',
      step('command: rm -f /x').replace(/    service: .*\n/, ''),
      /\[rm, -f, \/x\]; a command line is for shell/,
    ],
    ['a value of an empty list', when('when: "[][0] == 1"'), /the types in this expression cannot be told/],
    ['a key of Ansible', step('delegate_to: web02'), /there is no action or key delegate_to; write delegate:/],
    [
      'a fix step without for',
      changed(
        'findings:\n',
        'findings:\n  held: { when: svc.active, severity: blocks, summary: x, advice: y }\n',
      ).replace(FOR, ''),
      /add for: down$/,
    ],
    ['another name than the file', changed('runbook: base', 'runbook: other'), /other\.yaml, or write runbook: base$/],
    ['a duration and a number', when("when: log.counts.full == 0 && duration('1h') > 5"), /duration\("5m"\)/],
    ['brackets in brackets', when(`when: "${'('.repeat(200)}true${')'.repeat(200)}"`), /nested more than 100 deep/],
    [
      'a param where there is none',
      changed(/params:\n(?: {2}.*\n)+/, '').replace('${{ params.service }} is', '${{ has(params.x) }} is'),
      /it has none: declare it under params/,
    ],
  ];
  for (const [what, text, said] of NEXT) {
    it(`is said with what to do next: ${what}`, () => {
      assert.match(
        lint(text)
          .map(({ message, hint }) => `${message}; ${hint ?? ''}`)
          .join('\n'),
        said,
      );
    });
  }

  it('never shows a secret', () => {
    const texts = lint(changed('type: secret, default: ""', 'type: secret, default: hunter2')).map(
      ({ message, hint }) => `${message} ${hint ?? ''}`,
    );
    assert.ok(texts.length > 0 && !texts.join().includes('hunter2'));
  });

  it('is reported all at once', () => {
    const text = changed('summary: A', 'sumary: A')
      .replace('svc.active', 'svc.activ')
      .replace('state: started', 'stat: started');
    assert.deepEqual(lintCodes(text), ['2:1 E_UNKNOWN_KEY', '20:41 E_UNKNOWN_KEY']);
    const deeper = changed('svc.active &&', 'svc.activ &&')
      .replace('state: started', 'stat: started')
      .replace('result.active', 'result.actve');
    assert.deepEqual(lintCodes(deeper), ['15:17 E_FIELD', '20:41 E_UNKNOWN_KEY', '23:20 E_FIELD']);
  });
});
