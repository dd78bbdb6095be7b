import assert from 'node:assert/strict';
import type { HostPlan, Plan, PlannedCommand, PlannedStep } from '../../src/model/plan.ts';
import { renderPlan } from '../../src/reporters/plan-text.ts';
import { PLAIN } from '../../src/util/style.ts';

const PAGE = { style: PLAIN, columns: Number.POSITIVE_INFINITY };

function plannedStep(id: string, command: PlannedCommand): PlannedStep {
  return { id, name: `Do ${id}`, action: 'set', risk: 'restart', undo: 'undone by itself', command };
}

function exact(summary: string): PlannedCommand {
  const item = { summary, text: `set -e\n${summary}\n`, sha256: '0', params: {}, differences: [] };
  return { kind: 'exact', items: [item], sha256: '0' };
}

function plan(...hosts: readonly HostPlan[]): Plan {
  const made = { runbookSha256: '0', madeAt: '2026-01-01T00:00:00Z', sha256: '0' };
  return {
    runId: 'r',
    runbook: 'test',
    ...made,
    hosts,
    batches: [hosts.map((each) => each.host)],
    maxFailures: 1,
    maxUnreachable: 3,
  };
}

function host(name: string, outcome: HostPlan['outcome'], steps: readonly PlannedStep[] = []): HostPlan {
  return { host: name, outcome, reason: outcome === 'needs-fix' ? '' : 'no problem found', findings: [], steps };
}

describe('the text of a plan', () => {
  it('shows what would be sent, what is skipped and what is not known yet, hosts to be fixed first', () => {
    const steps = [
      plannedStep('free', exact('ipcrm -s 3')),
      plannedStep('move', { kind: 'skipped', reason: 'down: not present' }),
      plannedStep('start', { kind: 'unknown-until', step: 'free' }),
    ];
    const text = renderPlan(plan(host('a', 'healthy'), host('b', 'needs-fix', steps)), { ...PAGE, verbose: false });
    assert.deepEqual(text.split('\n'), [
      'test would act on 1 of 2 hosts',
      'b     needs a fix',
      '  run       free: ipcrm -s 3',
      '            Do free (restart, undone by itself)',
      '  skip      move: down: not present',
      '  then      start: Do start: unknown until free',
      'a     healthy  no problem found',
      '',
    ]);
  });

  it('gives each item of a loop a line, and the whole source when verbose', () => {
    const steps = [plannedStep('each', exact('rm a\nrm b'))];
    const text = renderPlan(plan(host('a', 'needs-fix', steps)), { ...PAGE, verbose: true });
    assert.deepEqual(text.split('\n').slice(2, -1), [
      '  run       each: rm a',
      '            rm b',
      '            Do each (restart, undone by itself)',
      '            set -e',
      '            rm a',
      '            rm b',
    ]);
  });

  it('leaves out hosts that are fine when quiet', () => {
    const fine = host('a', 'healthy');
    const text = renderPlan(plan(fine, host('b', 'needs-fix')), { ...PAGE, verbose: false, quiet: true });
    assert.deepEqual(text.split('\n'), ['test would act on 1 of 2 hosts', 'b     needs a fix', '']);
  });
});
