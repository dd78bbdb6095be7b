import assert from 'node:assert/strict';
import { changed } from '../support/base-runbook.ts';
import { loadWith, told, type Files } from '../support/included.ts';

/** The base runbook with this as its only fix step. */
const fixing = (step: string): string => changed(/fix:\n[\s\S]*verify:/, `fix:\n  - ${step}\nverify:`);

const fragment = (name: string, steps: string, more = ''): string =>
  `fragment: ${name}\nsummary: Some steps\n${more}steps:\n  - ${steps}\n`;

const START = 'service: { name: a, state: started }';
const ONE: Files = { 'one.yaml': fragment('one', `{ id: start, ${START} }`) };

const withParams = (steps: string): Files => ({
  'one.yaml': fragment('one', steps, 'params: { unit: { type: string }, count: { type: integer, default: 1 } }\n'),
});

const including = (more: string): string => fixing(`{ include: one.yaml, for: down${more} }`);

type Case = readonly [name: string, text: string, files: Files, ...said: readonly string[]];

const PATHS: readonly Case[] = [
  [
    'a file that is not there',
    including(''),
    {},
    'runbooks/base.yaml:18:16 E_READ include: "one.yaml": there is no such file',
  ],
  [
    'a computed path',
    fixing('{ include: "${{ params.service }}.yaml", for: down }'),
    {},
    'runbooks/base.yaml:18:16 E_TYPE the path of an include cannot be computed',
  ],
  [
    'a path that is no text',
    fixing('{ include: [one.yaml], for: down }'),
    ONE,
    'runbooks/base.yaml:18:16 E_TYPE include must be text, found a list',
  ],
  [
    'itself',
    fixing('{ include: base.yaml, for: down }'),
    {},
    'runbooks/base.yaml:18:16 E_CYCLE base.yaml includes itself, by this include',
  ],
  [
    'a fragment that includes itself',
    including(''),
    { 'one.yaml': fragment('one', 'include: one.yaml') },
    'runbooks/one.yaml:4:14 E_CYCLE one.yaml includes itself, by this include < runbooks/base.yaml:18:5',
  ],
  [
    'fragments that include each other',
    including(''),
    { 'one.yaml': fragment('one', 'include: lib/two.yaml'), 'lib/two.yaml': fragment('two', 'include: ../one.yaml') },
    'runbooks/lib/two.yaml:4:14 E_CYCLE ../one.yaml includes itself, by this include < runbooks/one.yaml:4:5 < runbooks/base.yaml:18:5',
  ],
  [
    'six, one in another',
    including(''),
    nested(6),
    'runbooks/five.yaml:4:14 E_DEPTH fragments include each other deeper than 5 < runbooks/four.yaml:4:5 < runbooks/three.yaml:4:5 < runbooks/two.yaml:4:5 < runbooks/one.yaml:4:5 < runbooks/base.yaml:18:5',
  ],
  [
    'a runbook',
    including(''),
    { 'one.yaml': changed('runbook: base', 'runbook: one') },
    'runbooks/one.yaml:1:1 E_FRAGMENT this is a runbook, not a fragment < runbooks/base.yaml:18:5',
  ],
  [
    'text that is no YAML',
    including(''),
    { 'one.yaml': 'a: [' },
    'runbooks/one.yaml:1:5 E_YAML this is not YAML: unexpected end of the stream within a flow collection < runbooks/base.yaml:18:5',
  ],
  [
    'another name',
    including(''),
    { 'one.yaml': fragment('other', START) },
    'runbooks/one.yaml:1:11 E_NAME the fragment is called other, its file one.yaml < runbooks/base.yaml:18:5',
  ],
];

const KEYS: readonly Case[] = [
  [
    'an action',
    including(', command: [x]'),
    ONE,
    'runbooks/base.yaml:18:37 E_TYPE an include has the steps of its fragment, not the action command',
  ],
  [
    'steps',
    including(`, steps: [{ ${START} }]`),
    ONE,
    'runbooks/base.yaml:18:37 E_TYPE an include has the steps of its fragment, not others',
  ],
  [
    'a key of a step',
    including(', until: "true", timeout: 1s'),
    ONE,
    'runbooks/base.yaml:18:37 E_UNKNOWN_KEY an include cannot have until',
    'runbooks/base.yaml:18:52 E_UNKNOWN_KEY an include cannot have timeout',
  ],
  [
    'with on a step',
    fixing(`{ for: down, with: { a: b }, ${START} }`),
    ONE,
    'runbooks/base.yaml:18:18 E_UNKNOWN_KEY with gives an include the params of its fragment',
  ],
  [
    'no for in fix',
    fixing('include: one.yaml'),
    ONE,
    'runbooks/base.yaml:18:5 E_NO_FOR an include in fix must say which findings it is for',
  ],
  [
    'a finding that is not there',
    fixing('{ include: one.yaml, for: donw }'),
    ONE,
    'runbooks/base.yaml:18:31 E_REF there is no finding donw',
  ],
  [
    'for in a fragment',
    including(''),
    { 'one.yaml': fragment('one', `{ for: down, ${START} }`) },
    'runbooks/one.yaml:4:7 E_FOR a step of a fragment cannot say what it is for < runbooks/base.yaml:18:5',
  ],
  [
    'a changing step in diagnose',
    changed('findings:', '  - include: one.yaml\nfindings:'),
    ONE,
    'runbooks/one.yaml:4:18 E_EFFECT service changes the host, and diagnose only reads < runbooks/base.yaml:13:5',
  ],
  [
    'a step of verify without expect',
    `${changed('', '')}  - include: one.yaml\n`,
    { 'one.yaml': fragment('one', 'http: { url: "http://x" }') },
    'runbooks/one.yaml:4:5 E_NO_EXPECT a verify step must say what it expects < runbooks/base.yaml:24:5',
  ],
  [
    'keys of a fix in diagnose',
    changed('findings:', '  - { include: one.yaml, for: down, retest: true, tags: [a] }\nfindings:'),
    { 'one.yaml': fragment('one', 'service_status: { name: a }') },
    'runbooks/base.yaml:13:26 E_UNKNOWN_KEY a step of diagnose cannot have for',
    'runbooks/base.yaml:13:37 E_UNKNOWN_KEY a step of diagnose cannot have retest',
    'runbooks/base.yaml:13:51 E_UNKNOWN_KEY a step of diagnose cannot have tags',
  ],
  [
    'a tag that is none',
    including(', tags: [Big, "a b"]'),
    ONE,
    'runbooks/base.yaml:18:44 E_TAG "Big" cannot be a tag',
    'runbooks/base.yaml:18:49 E_TAG "a b" cannot be a tag',
  ],
];

const PARAMS: readonly Case[] = [
  ['one that is missing', including(''), withParams(START), 'runbooks/base.yaml:18:7 E_REQUIRED one needs unit'],
  [
    'one that is unknown',
    including(', with: { unit: a, unti: b }'),
    withParams(START),
    'runbooks/base.yaml:18:54 E_UNKNOWN_KEY one has no param unti',
  ],
  [
    'of another type',
    including(', with: { unit: a, count: "${{ svc.unit }}" }'),
    withParams(START),
    'runbooks/base.yaml:18:66 E_TYPE count: expected a int, but this is a string',
  ],
  [
    'put together from text',
    including(', with: { unit: a, count: "1${{ 2 }}" }'),
    withParams(START),
    'runbooks/base.yaml:18:61 E_TYPE count is a int, which cannot be put together from text',
  ],
  [
    'a number as text',
    including(', with: { unit: 1, count: two }'),
    withParams(START),
    'runbooks/base.yaml:18:51 E_STRING unit: expected text, found 1, which YAML reads as a number: quote it',
    'runbooks/base.yaml:18:61 E_INT count: expected a whole number, found "two"',
  ],
  [
    'that reads a step not known there',
    including(', with: { unit: "${{ start.unit }}" }'),
    withParams(START),
    'runbooks/base.yaml:18:56 E_REF start is not defined',
  ],
  [
    'a secret for a text',
    including(', with: { unit: "${{ params.password }}" }'),
    withParams(START),
    'runbooks/base.yaml:18:56 E_SECRET unit: expected a string, but this is a secret',
  ],
  [
    'a text for a secret',
    including(', with: { unit: abc }'),
    { 'one.yaml': fragment('one', START, 'params: { unit: { type: secret } }\n') },
    'runbooks/base.yaml:18:51 E_PLAINTEXT_SECRET unit is a secret, and this one stands in clear text',
  ],
  [
    'a computed text for a secret',
    including(', with: { unit: "${{ svc.unit }}" }'),
    { 'one.yaml': fragment('one', START, 'params: { unit: { type: secret } }\n') },
    'runbooks/base.yaml:18:51 E_SECRET unit is a secret, and this is none',
  ],
  [
    'the default of a secret',
    including(''),
    { 'one.yaml': fragment('one', START, 'params: { unit: { type: secret, default: "" } }\n') },
    'runbooks/one.yaml:3:11 E_SECRET unit is a secret: a fragment has no value for it < runbooks/base.yaml:18:5',
  ],
  [
    'a param of the runbook, inside',
    including(', with: { unit: a }'),
    withParams('service: { name: "${{ params.service }}", state: started }'),
    'runbooks/one.yaml:5:34 E_FIELD params has no field service < runbooks/base.yaml:18:5',
  ],
  [
    'all params at once',
    including(', with: { unit: a }'),
    withParams('service: { name: "${{ [params].map(p, p.unit)[0] }}", state: started }'),
    'runbooks/one.yaml:5:28 E_TYPE the params of a fragment can be read only one by one < runbooks/base.yaml:18:5',
  ],
  [
    'a secret in text',
    including(', with: { unit: "${{ params.password }}" }'),
    {
      'one.yaml': fragment(
        'one',
        'service: { name: "${{ params.unit }}", state: started }',
        'params: { unit: { type: secret } }\n',
      ),
    },
    'runbooks/one.yaml:5:27 E_SECRET name: expected a string, but this is a secret < runbooks/base.yaml:18:5',
  ],
];

/** A fragment that decides where its step is carried out. */
const AWAY: Files = {
  'one.yaml': fragment(
    'one',
    `{ delegate: "\${{ params.where }}", ${START} }`,
    'params: { where: { type: string } }\n',
  ),
};

const DELEGATES: readonly Case[] = [
  ['a param of the runbook', including(', with: { where: "${{ params.service }}" }'), AWAY],
  [
    'what a step read',
    including(', with: { where: "${{ svc.unit }}" }'),
    AWAY,
    'runbooks/one.yaml:5:17 E_DELEGATE svc is what a host says, and what a host says never decides where we connect < runbooks/base.yaml:18:5',
  ],
  [
    'what the host says of itself',
    including(', with: { where: "${{ host[\'os\'] }}" }'),
    AWAY,
    'runbooks/one.yaml:5:17 E_DELEGATE host.os is what a host says, and what a host says never decides where we connect < runbooks/base.yaml:18:5',
  ],
  [
    'the item of a list that a host says',
    including(', loop: "host.os.split(\',\')", with: { where: "${{ item }}" }'),
    AWAY,
    'runbooks/one.yaml:5:17 E_DELEGATE item is what a host says, and what a host says never decides where we connect < runbooks/base.yaml:18:5',
  ],
];

const IDS: readonly Case[] = [
  [
    'one of the runbook, inside',
    including(''),
    { 'one.yaml': fragment('one', '{ when: svc.active, service: { name: a, state: started } }') },
    'runbooks/one.yaml:4:13 E_REF svc is not defined < runbooks/base.yaml:18:5',
  ],
  [
    'one of a fragment, without an id of the include',
    fixing(`{ include: one.yaml, for: down }\n  - { for: down, when: 'start.status == "ok"', ${START} }`),
    ONE,
    'runbooks/base.yaml:19:25 E_REF start is not defined',
  ],
  [
    'the include itself',
    fixing(`{ include: one.yaml, id: it, for: down }\n  - { for: down, when: 'it.status == "ok"', ${START} }`),
    ONE,
    'runbooks/base.yaml:19:25 E_REF it is an include, not a step',
  ],
  [
    'one before it has run',
    fixing(`{ for: down, when: 'it_start.status == "ok"', ${START} }\n  - { include: one.yaml, id: it, for: down }`),
    ONE,
    'runbooks/base.yaml:18:25 E_REF the step it_start (fix) has not run yet here',
  ],
  [
    'the same id for two includes',
    fixing('{ include: one.yaml, id: it, for: down }\n  - { include: one.yaml, id: it, for: down }'),
    ONE,
    'runbooks/base.yaml:19:30 E_ID it is used twice, first at 18:30',
  ],
  [
    'one that is there already',
    fixing(`{ id: it_start, for: down, ${START} }\n  - { include: one.yaml, id: it, for: down }`),
    ONE,
    'runbooks/base.yaml:19:30 E_ID it_start, as the step start of this include is called here, is used twice, first at 18:11',
  ],
  [
    'one that another include makes',
    fixing('{ include: one.yaml, id: a_b, for: down }\n  - { include: two.yaml, id: a, for: down }'),
    { ...ONE, 'two.yaml': fragment('two', `{ id: b_start, ${START} }`) },
    'runbooks/base.yaml:19:30 E_ID a_b_start, as the step b_start of this include is called here, is used twice, first at 18:30',
  ],
  [
    'a finding of that name',
    fixing('{ include: one.yaml, id: down, for: down }'),
    ONE,
    'runbooks/base.yaml:14:3 E_ID down is used twice, first at 18:30',
    'runbooks/base.yaml:18:41 E_REF there is no finding down',
  ],
  [
    'too long a name',
    fixing(`{ include: one.yaml, id: ${'a'.repeat(60)}, for: down }`),
    ONE,
    'runbooks/base.yaml:18:30 E_ID aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_start, as the step start of this include is called here, is longer than 63 characters',
  ],
  [
    'twice in a fragment',
    including(''),
    { 'one.yaml': fragment('one', `{ id: x, ${START} }\n  - { id: x, ${START} }`) },
    'runbooks/one.yaml:5:11 E_ID x is used twice, first at 4:11 < runbooks/base.yaml:18:5',
  ],
];

/** Fragments, each in the one before. */
function nested(count: number): Files {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const name = ['one', 'two', 'three', 'four', 'five', 'six'][index] ?? '';
      const next = ['two', 'three', 'four', 'five', 'six'][index] ?? '';
      return [`${name}.yaml`, fragment(name, index === count - 1 ? START : `include: ${next}.yaml`)];
    }),
  );
}

const TABLES: Readonly<Record<string, readonly Case[]>> = { PATHS, KEYS, PARAMS, DELEGATES, IDS };
describe('What is wrong with an include', () => {
  for (const [table, cases] of Object.entries(TABLES)) {
    for (const [name, text, files, ...said] of cases) {
      it(`is found with its place: ${table.toLowerCase()}, ${name}`, () => {
        assert.deepEqual(told(loadWith(text, files)), said);
      });
    }
  }
});
