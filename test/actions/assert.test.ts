import assert from 'node:assert/strict';
import { action } from '../../src/actions/assert.ts';
import { loadRunbook } from '../../src/load/runbook.ts';
import type { Interpretation, ProbeContext } from '../../src/model/action.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { TEST_ACTIONS } from '../support/actions-for-tests.ts';
import { changed } from '../support/base-runbook.ts';
import { contextOf } from './support/context.ts';

describe('assert', () => {
  it('holds when all conditions do, without asking the host', async () => {
    const expected = { status: 'ok', output: { checked: 2 } };
    assert.deepEqual(await judge({ that: [true, true] }), expected);
    assert.deepEqual(await judge({ that: [true, true], message: 'make room' }), expected);
  });

  it('holds when there is no condition', async () => {
    assert.deepEqual(await judge({ that: [] }), { status: 'ok', output: { checked: 0 } });
  });

  it('says which conditions are false, after the message of its author', async () => {
    const failed = (error: string) => ({ status: 'failed', reason: 'expect', error });
    assert.deepEqual(await judge({ that: [true, false, true] }), failed('that[1] is false'));
    assert.deepEqual(await judge({ that: [false, true, false], message: '' }), failed('that[0], that[2] are false'));
    assert.deepEqual(
      await judge({ that: [false], message: 'Make room on /srv.' }),
      failed('Make room on /srv. (that[0] is false)'),
    );
  });

  it('needs no expect in verify, and is given expressions over what was read', () => {
    const actions = new Map([...TEST_ACTIONS, ['assert', action]]);
    const lint = (that: string): readonly string[] => {
      const text = changed(
        '    expect: result.active\n',
        `    id: now\n    expect: result.active\n  - assert: { that: ${that} }\n`,
      );
      return loadRunbook({ file: 'runbooks/base.yaml', text }, actions).diagnostics.map(({ message }) => message);
    };
    assert.deepEqual(lint('["${{ now.restarts == 0 }}", true]'), []);
    assert.deepEqual(lint('"${{ [now.active, now.enabled] }}"'), []);
    assert.deepEqual(lint('["${{ now.restarts }}"]'), ['that: expected a bool, but this is an int']);
  });
});

function judge(params: JsonObject): Promise<Interpretation<JsonObject>> {
  const nothing = (): never => assert.fail('the host was asked');
  const context: ProbeContext = {
    ...contextOf(),
    signal: new AbortController().signal,
    timeoutMs: 1000,
    dial: nothing,
    read: nothing,
  };
  return action.work.kind === 'probe' ? action.work.probe(params as never, context) : assert.fail();
}
