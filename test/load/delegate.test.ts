import assert from 'node:assert/strict';
import { delegateOf } from '../../src/model/expand-step.ts';
import { lapsOf } from '../../src/model/loops.ts';
import type { Step } from '../../src/model/runbook.ts';
import { FOR, step, testCases, type Case } from '../support/bad-cases.ts';
import { changed, loaded } from '../support/base-runbook.ts';
import { okResult, scopeWith } from '../support/scope.ts';

const delegate = (text: string): string => step(`delegate: "${text}"`);
const loop = (list: string): string => step(`loop: ${list}\n    delegate: "\${{ item }}"`);
const fix = (steps: string): string => changed(/fix:\n[\s\S]*verify:/, `fix:\n${steps}verify:`);

const DELEGATES: readonly Case[] = [
  ['the result of a step', delegate('${{ svc.unit }}'), '20:20 E_REF'],
  ['a finding', delegate('${{ findings.down.summary }}'), '20:20 E_REF'],
  ['a name without a span', delegate('params.service'), '20:15 E_DELEGATE'],
  ['a host that is called like that', delegate('host.example')],
  ['a fact that the host says', delegate('lb-${{ host.os }}'), '20:15 E_DELEGATE'],
  ['a secret', delegate('${{ params.password }}'), '20:20 E_SECRET'],
  ['a list', delegate('${{ params.names }}'), '20:20 E_TYPE'],
  ['an item without a loop', delegate('${{ item }}'), '20:20 E_REF'],
  ['items that a step read', loop('[svc.unit]').replace('[svc.unit]', '"[svc.unit]"'), '21:15 E_DELEGATE'],
  ['a number', step('delegate: 7'), '20:15 E_STRING'],
  [
    'once where nothing is fixed',
    changed('    expect: result.active', '    once: true\n    expect: result.active'),
    '23:5 E_UNKNOWN_KEY',
  ],
  [
    'once of a group',
    fix(`  - once: true\n${FOR}    steps:\n      - service: { name: a, state: started }\n`),
    '18:5 E_UNKNOWN_KEY',
  ],
];

const SCOPE = scopeWith({ svc: okResult({ unit: 'apache2' }) }, { params: { service: 'lb01', names: ['a', 'b'] } });

function only(steps: readonly Step[]): Step {
  const [first] = steps;
  assert.ok(first);
  return first;
}

function names(one: Step): readonly unknown[] {
  const laps = lapsOf([...one.groupLoops, ...(one.loop === undefined ? [] : [{ list: one.loop }])], SCOPE);
  assert.ok(laps.ok);
  return laps.value.map((lap) => {
    const name = delegateOf(one, lap);
    return name.ok ? name.value : name.error.message;
  });
}

describe('delegate and once', () => {
  testCases('delegate', DELEGATES);

  it('is a text of params, the host as the inventory has it, and items', () => {
    assert.deepEqual(names(only(loaded(delegate('${{ params.service }}')).fix)), ['lb01']);
    assert.deepEqual(names(only(loaded(delegate('lb-${{ host.name }}')).fix)), ['lb-web1']);
    assert.deepEqual(names(only(loaded(loop('params.names')).fix)), ['a', 'b']);
    assert.deepEqual(names(only(loaded(loop('[c, d]')).fix)), ['c', 'd']);
  });

  it('means the host itself when it is empty or its own name', () => {
    assert.deepEqual(names(only(loaded(delegate('')).fix)), [undefined]);
    assert.deepEqual(names(only(loaded(delegate('${{ host.name }}')).fix)), [undefined]);
  });

  it('is taken from the group around, of which the item is that of the group', () => {
    const [first, second] = loaded(
      fix(
        `  - delegate: "\${{ item }}"\n    loop: [a, b]\n${FOR}    steps:\n` +
          '      - service: { name: a, state: started }\n        loop: [x, y]\n' +
          '      - service: { name: b, state: started }\n        delegate: ""\n',
      ),
    ).fix;
    assert.ok(first && second);
    assert.deepEqual(names(first), ['a', 'a', 'b', 'b']);
    assert.deepEqual(names(second), [undefined, undefined]);
  });

  it('is that of the undone step in its undo, unless that says another one', () => {
    const undo = 'undo:\n      - command: [a]\n        loop: [x]\n      - command: [b]\n        delegate: ""';
    const text = changed(
      / {4}service: \{ name: "\$\{\{ svc.unit \}\}", state: started \}/,
      `    command: [up]\n    loop: [c]\n    delegate: "\${{ item }}"\n    ${undo}`,
    );
    const one = only(loaded(text).fix);
    assert.ok(one.undo.kind === 'steps');
    const [first, second] = one.undo.steps;
    assert.ok(first && second);
    const laps = lapsOf(
      [
        ...(one.loop === undefined ? [] : [{ list: one.loop }]),
        ...(first.loop === undefined ? [] : [{ list: first.loop }]),
      ],
      SCOPE,
    );
    assert.ok(laps.ok && laps.value[0] !== undefined);
    assert.deepEqual(delegateOf(first, laps.value[0]), { ok: true, value: 'c' });
    assert.deepEqual(delegateOf(second, laps.value[0]), { ok: true, value: undefined });
  });

  it('is once when the step says so', () => {
    assert.equal(only(loaded(step('once: true')).fix).once, true);
    assert.equal(only(loaded(step('once: false')).fix).once, undefined);
  });
});
