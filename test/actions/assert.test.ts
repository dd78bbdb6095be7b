import assert from 'node:assert/strict';
import { action } from '../../src/actions/assert.ts';
import { loadRunbook } from '../../src/load/runbook.ts';
import { TEST_ACTIONS } from '../support/actions-for-tests.ts';
import { changed } from '../support/base-runbook.ts';
import { probeWith } from './support/probe.ts';

describe('assert', () => {
  it('holds when all conditions do, without asking the host', async () => {
    const expected = { status: 'ok', output: { checked: 2 } };
    assert.deepEqual(await probeWith(action, { that: [true, true] }), expected);
    assert.deepEqual(await probeWith(action, { that: [true, true], message: 'make room' }), expected);
  });

  it('holds when there is no condition', async () => {
    assert.deepEqual(await probeWith(action, { that: [] }), { status: 'ok', output: { checked: 0 } });
  });

  it('says which conditions are false, after the message of its author', async () => {
    const failed = (error: string) => ({ status: 'failed', reason: 'expect', error });
    assert.deepEqual(await probeWith(action, { that: [true, false, true] }), failed('that[1] is false'));
    assert.deepEqual(
      await probeWith(action, { that: [false, true, false], message: '' }),
      failed('that[0], that[2] are false'),
    );
    assert.deepEqual(
      await probeWith(action, { that: [false], message: 'Make room on /srv.' }),
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
