import assert from 'node:assert/strict';
import { pool } from '../support/balanced-pool.ts';
import { downRunbook } from '../support/down-runbook.ts';
import type { ScriptedHost } from '../support/scripted-host.ts';

describe('a step that several hosts delegate to one', () => {
  it('is never sent twice under one claim: two hosts that drain at once take turns', async () => {
    const { lb, rig, journal } = pool({ hosts: ['web01', 'web02', 'web03'] });
    lb.latencyMs = 5000;
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { repaired: 3 });
    assert.equal(lb.changes.length, 6);
    const changes = lb.reached.filter(({ effect }) => effect === 'changes');
    for (const [index, { from }] of changes.entries()) assert.ok(index === 0 || from >= (changes[index - 1]?.to ?? 0));
    const claims = journal
      .of('step-intended')
      .filter(({ on }) => on === 'lb01')
      .map(({ execution }) => execution);
    assert.equal(new Set(claims).size, claims.length);
  });

  it('finds the finding anew after it had to wait for others for long', async () => {
    const { hosts, lb, rig, journal } = pool({ hosts: ['web01', 'web02'] });
    lb.latencyMs = 70_000;
    const finished = await rig.go(undefined, () => {
      const other = hosts['web02'] as ScriptedHost;
      other.fault = (text, earlier) => {
        if (text === 'look unit' && earlier === 2) other.values.set('unit', 'up');
        return undefined;
      };
    });
    assert.equal(finished.hosts['web01']?.outcome, 'repaired');
    assert.deepEqual(hosts['web02']?.changes, []);
    assert.ok(
      journal.of('findings-evaluated').filter(({ host, moment }) => host === 'web02' && moment === 'retest').length >=
        2,
    );
    assert.ok(!lb.changes.includes('set web02 drained'));
  });

  it('is told of also when the run was interrupted while it waited for others', async () => {
    const limits = { ...downRunbook().limits, batches: [{ kind: 'percent', percent: 100 }] as const };
    const { hosts, lb, rig, journal } = pool({ hosts: ['web01', 'web02'], parts: { limits }, more: { forks: 2 } });
    for (const host of Object.values(hosts))
      host.fault = (text) => (text === 'set unit up' ? { end: { how: 'exit', code: 1 } } : undefined);
    rig.journal.onCommit = (event) => {
      if (event.type === 'step-intended' && event.phase === 'rollback') lb.latencyMs = 5000;
    };
    lb.fault = (text) => {
      if (text.endsWith(' in')) rig.stop.abort('SIGINT');
      return undefined;
    };
    await rig.go();
    const undone = journal
      .of('step-ended')
      .filter(({ step: id, phase }) => id === 'drain.undo' && phase === 'rollback');
    assert.deepEqual(
      undone.map(({ status, error }) => [status, error]),
      [
        ['changed', ''],
        ['failed', 'interrupted before it was sent'],
      ],
    );
  });
});
