import assert from 'node:assert/strict';
import { changesBeside } from '../../../src/app/report/changes-beside.ts';
import { gather } from '../../../src/app/report/gather.ts';
import type { Attempt } from '../../../src/model/attempt.ts';
import type { RunEvent } from '../../../src/model/event.ts';
import type { RunRecord } from '../../../src/model/store.ts';
import { at, finishedRun, host, repaired, shadow } from './sample-runs.ts';

const attempt = (runId: string, name: string, more: Partial<Attempt> = {}): Attempt => ({
  ...{ runId, runbook: 'web', host: name, machine: `machine of ${name}`, findings: [], begunAt: at(10) },
  ...more,
});
const record = (runId: string, mode: RunRecord['mode']): RunRecord => ({
  ...{ runId, mode, runbook: 'web', startedAt: at(9), startedBy: 'root', reason: '', hosts: 1, counts: {} },
});

describe('what was changed beside the runs that have an end', () => {
  it('is what execs did, and runs that died, up to the last that is known of them', () => {
    const runs = [shadow('a', 0, { web01: [], web02: [] }), finishedRun('done', 9, [host('web01', [], repaired(9))])];
    const attempts = [
      attempt('done', 'web01'),
      attempt('died', 'web01'),
      attempt('exec', 'web01', { end: { at: at(11), outcome: 'done' } }),
      attempt('died', 'web02'),
    ];
    const records = [record('died', 'run'), record('exec', 'exec')];
    const store = {
      attempts: () => attempts,
      runs: ({ runId }: { readonly runId?: string }) => records.filter((each) => each.runId === runId),
      events: () => [{ at: at(14) }, { at: at(12) }] as unknown as RunEvent[],
    };
    const gathered = gather(runs);
    const beside = changesBeside(store, gathered, at(0));
    const [web01] = gathered.machines.filter(({ names }) => names.includes('web01'));
    assert.ok(web01 !== undefined);
    const from = Date.parse(at(10));
    assert.deepEqual(beside(web01), [
      { runId: 'died', by: 'run', from, to: Date.parse(at(14)) },
      { runId: 'exec', by: 'exec', from, to: Date.parse(at(11)) },
    ]);
  });
});
