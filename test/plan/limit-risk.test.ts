import assert from 'node:assert/strict';
import type { Risk } from '../../src/model/action.ts';
import type { HostPlan, PlannedCommand, PlannedStep } from '../../src/model/plan.ts';
import { limitRisk } from '../../src/plan/limit-risk.ts';

const SENT: PlannedCommand = { kind: 'exact', items: [], sha256: '0' };

function planned(id: string, risk: Risk, command: PlannedCommand = SENT): PlannedStep {
  return { id, name: id, action: 'set', risk, undo: '', command };
}

function plan(...steps: readonly PlannedStep[]): HostPlan {
  return { host: 'web01', outcome: 'needs-fix', reason: 'it is down', findings: [], steps };
}

describe('the highest risk that is allowed', () => {
  it('leaves a host alone that needs a step beyond it, and says which and how to allow it', () => {
    const steps = [planned('free', 'destructive'), planned('start', 'restart'), planned('tell', 'none')];
    const limited = limitRisk(plan(...steps), 'reload');
    assert.equal(limited.outcome, 'refused');
    assert.equal(limited.reason, 'beyond --max-risk reload: free (destructive), start (restart); found: it is down');
    assert.equal(limited.hint, 'To allow it: --max-risk destructive');
    assert.deepEqual(limited.steps, []);
  });

  it('counts a step whose command is not known yet by the risk it declares', () => {
    const open = planned('restart', 'restart', { kind: 'unknown-until', step: 'edit' });
    assert.equal(limitRisk(plan(planned('edit', 'none'), open), 'none').outcome, 'refused');
    assert.equal(limitRisk(plan(planned('edit', 'none'), open), 'restart').outcome, 'needs-fix');
  });

  it('does not count what is skipped or already so', () => {
    const steps = [
      planned('free', 'destructive', { kind: 'skipped', reason: 'not present' }),
      planned('edit', 'restart', { kind: 'nothing' }),
      planned('tell', 'none'),
    ];
    assert.equal(limitRisk(plan(...steps), 'none').outcome, 'needs-fix');
  });

  it('allows everything up to itself', () => {
    const host = plan(planned('free', 'destructive'));
    assert.equal(limitRisk(host, 'destructive'), host);
  });
});
