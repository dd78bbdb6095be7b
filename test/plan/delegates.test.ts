import assert from 'node:assert/strict';
import type { Runbook, Step } from '../../src/model/runbook.ts';
import { SecretName } from '../../src/model/scalar-literal.ts';
import { bindDelegates } from '../../src/plan/delegates.ts';
import { constant, expression, step, verifying } from '../support/runbook-builder.ts';
import { downRunbook, startUnit, unitIsUp } from '../support/down-runbook.ts';
import { boundHost, set, setTo } from '../support/scripted-host.ts';

const TO_PARAM = expression(({ params }) => String(params['to']));

function bind(parts: Partial<Runbook>, params: Readonly<Record<string, unknown>> = { to: 'lb01' }) {
  return bindDelegates(downRunbook(parts), [boundHost('web01', params), boundHost('web02', params)]);
}

function delegatesOf(parts: Partial<Runbook>, params?: Readonly<Record<string, unknown>>) {
  const bound = bind(parts, params);
  assert.ok(bound.ok, bound.ok ? '' : bound.error.message);
  return bound.value.hosts.map(({ delegates }) => delegates);
}

const onlyLooks: Step = { ...unitIsUp, delegate: TO_PARAM };

describe('to whom steps are delegated', () => {
  it('is nobody where no step is, or where they name the host itself', () => {
    assert.deepEqual(delegatesOf({}), [undefined, undefined]);
    assert.deepEqual(delegatesOf({ fix: [{ ...startUnit, delegate: TO_PARAM }] }, { to: '' }), [undefined, undefined]);
    const own = expression(({ host }) => host.name);
    assert.deepEqual(delegatesOf({ fix: [{ ...startUnit, delegate: own }] }), [undefined, undefined]);
  });

  it('is told of every phase, with whether something is changed there', () => {
    assert.deepEqual(delegatesOf({ verify: verifying([onlyLooks]) })[0], [{ name: 'lb01', changes: false }]);
    const rollback = [{ ...startUnit, phase: 'rollback' as const, delegate: constant('lb02') }];
    assert.deepEqual(delegatesOf({ verify: verifying([onlyLooks]), rollback })[1], [
      { name: 'lb01', changes: false },
      { name: 'lb02', changes: true },
    ]);
  });

  it('is told of each item of a loop, and of the steps of an undo', () => {
    const undo: Step['undo'] = {
      kind: 'steps',
      steps: [
        step({
          id: 'back',
          phase: 'rollback',
          action: set,
          params: setTo('a', 'b'),
          delegate: expression(({ item }) => `${String(item)}-spare`),
        }),
      ],
    };
    const each: Step = {
      ...startUnit,
      loop: constant(['a', 'b']),
      delegate: expression(({ item }) => String(item)),
      undo,
    };
    const names = delegatesOf({ fix: [each] })[0]?.map(({ name }) => name);
    assert.deepEqual(names, ['a', 'b', 'a-spare', 'b-spare']);
  });

  it('does not care for a list that only the host can tell where the delegate does not read its items', () => {
    const unknown = expression<readonly string[]>(({ steps }) => {
      if (!steps.has('unit')) throw new Error('unit has not run');
      return ['x'];
    });
    const each: Step = { ...startUnit, loop: unknown };
    assert.deepEqual(delegatesOf({ fix: [{ ...each, delegate: TO_PARAM }] })[0], [{ name: 'lb01', changes: true }]);
    const byItem = bind({
      fix: [
        {
          ...each,
          delegate: expression(({ item }) => {
            if (item === undefined) throw new Error('no item');
            return String(item);
          }),
        },
      ],
    });
    assert.equal(byItem.ok ? '' : byItem.error.code, 'usage');
    assert.match(
      byItem.ok ? '' : byItem.error.message,
      /start is delegated for web01 cannot be told .*: unit has not run/,
    );
  });

  it('knows no secret', () => {
    const bound = bind(
      {
        fix: [
          {
            ...startUnit,
            delegate: expression(({ params }) => {
              if (params['to'] === undefined) throw new Error('params has no to');
              return 'leak';
            }),
          },
        ],
      },
      { to: new SecretName('token') },
    );
    assert.match(bound.ok ? '' : bound.error.message, /params has no to/);
  });
});
