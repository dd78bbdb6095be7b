import assert from 'node:assert/strict';
import { ACTIONS } from '../../src/app/actions.ts';
import { loadRunbook } from '../../src/load/runbook.ts';
import type { Type } from '../../src/model/type.ts';

const SECRET = '"${{ params.password }}"';

/** What was told about the last keys of a step: not what the step lacks, nor that it may change something. */
function codesFor(...keys: readonly string[]): readonly string[] {
  const text = [
    'runbook: slots',
    'summary: Where a secret may stand',
    'params:',
    '  password: { type: secret }',
    'diagnose:',
    '  - id: a',
    '    effect: reads',
    ...keys.map((key) => `    ${key}`),
    'findings:',
    '  f: { when: "true", summary: x, advice: x }',
  ].join('\n');
  const { diagnostics } = loadRunbook({ file: 'slots.yaml', text }, ACTIONS);
  const told = diagnostics.filter(({ at }) => at.start.line >= 8 && at.start.line < 8 + keys.length);
  return told.map(({ code }) => code).filter((code) => code !== 'E_EFFECT' && code !== 'E_REQUIRED');
}

/** These take no expression at all. */
const LITERAL = new Set<Type['kind']>(['pattern', 'patterns', 'source-file', 'template-file']);

/** The secret where a value of the type would be, in lists and maps as one of theirs. */
function holding(type: Type): string {
  switch (type.kind) {
    case 'list':
      return `[${holding(type.of)}]`;
    case 'map':
      return `{ a: ${holding(type.of)} }`;
    case 'patterns':
      return `{ a: ${SECRET} }`;
    default:
      return SECRET;
  }
}

describe('A secret', () => {
  for (const [name, action] of ACTIONS) {
    for (const [param, { type }] of Object.entries(action.params)) {
      const isTaken = type.kind === 'secret' || param === 'stdin';
      it(`is ${isTaken ? 'taken' : 'refused'} by ${param} of ${name}`, () => {
        const codes = codesFor(`${name}: { ${param}: ${holding(type)} }`);
        if (isTaken) assert.deepEqual(codes, []);
        else assert.match(codes.join(' '), LITERAL.has(type.kind) ? /^E_(?:REGEX|TYPE)$/ : /E_SECRET/);
      });
      if (isTaken) {
        it(`is refused inside a text by ${param} of ${name}`, () => {
          const codes = codesFor(`${name}: { ${param}: "x \${{ params.password }}" }`);
          assert.ok(codes.includes('E_SECRET'), codes.join(' '));
        });
      }
    }
  }

  it('is taken by env, whole and not inside a text', () => {
    assert.deepEqual(codesFor('command: [id]', `env: { A: ${SECRET} }`), []);
    assert.deepEqual(codesFor('command: [id]', 'env: { A: "x ${{ params.password }}" }'), ['E_SECRET']);
  });

  const places: readonly (readonly [key: string, value: string])[] = [
    ['name', SECRET],
    ['when', 'params.password == params.password'],
    ['expect', 'has(params.password)'],
    ['timeout', SECRET],
    ['become', SECRET],
    ['loop', `[${SECRET}]`],
  ];
  for (const [key, value] of places) {
    it(`is refused by ${key} of a step`, () => {
      assert.notDeepEqual(codesFor('command: [id]', `${key}: ${value}`), []);
    });
  }
});
