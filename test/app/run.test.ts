import assert from 'node:assert/strict';
import { NO_RULES } from '../../src/app/site-policy.ts';
import { run, type RunRequest } from '../../src/app/run.ts';
import type { Risk } from '../../src/model/action.ts';
import type { Approval } from '../../src/execute/approval.ts';
import type { BoundHost } from '../../src/model/host.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Runbook } from '../../src/model/runbook.ts';
import type { RunSelection } from '../../src/model/selection.ts';
import { createMemoryTransport } from '../../src/transports/memory.ts';
import { Secret } from '../../src/util/secret.ts';
import { downRunbook, SICK } from '../support/down-runbook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { MemoryJournal } from '../support/run-rig.ts';
import { field, finding, step, text } from '../support/runbook-builder.ts';
import { ACTIONS, boundHost, look, ScriptedHost } from '../support/scripted-host.ts';

const HEALTHY = { unit: 'up', lock: 'free', disk: 'ok' };
const SELECTION: RunSelection = { runbookFile: '/test.yaml', runbook: 'test', params: [], targets: [] };
const YES: Approval = { by: 'ann', how: 'answer' };

describe('the straight line of a run', () => {
  it('surveys, asks once with the plan, and repairs after a yes', async () => {
    const { asked, ended, host } = await go({ values: SICK, answer: YES });
    assert.equal(asked.length, 1);
    assert.deepEqual(
      asked[0]?.hosts.map((each) => each.outcome),
      ['needs-fix'],
    );
    assert.ok(ended.ok);
    assert.equal(ended.value.finished.exitCode, 0);
    assert.deepEqual(ended.value.finished.counts, { repaired: 1 });
    assert.deepEqual(host.changes, ['set lock free', 'set unit up']);
  });

  it('changes nothing after a no, and ends with 16', async () => {
    const { ended, host } = await go({ values: SICK, answer: undefined });
    assert.ok(ended.ok);
    assert.equal(ended.value.finished.exitCode, 16);
    assert.deepEqual(host.changes, []);
  });

  it('asks nobody when there is nothing to fix', async () => {
    const { asked, ended } = await go({ values: HEALTHY, answer: YES });
    assert.deepEqual(asked, []);
    assert.ok(ended.ok);
    assert.equal(ended.value.finished.exitCode, 0);
  });

  it('asks nobody for a plan, changes nothing, and ends with 2', async () => {
    const { asked, ended, host, journal } = await go({ values: SICK, answer: YES, mode: 'plan' });
    assert.deepEqual(asked, []);
    assert.deepEqual(host.changes, []);
    assert.ok(ended.ok);
    assert.equal(ended.value.finished.exitCode, 2);
    assert.equal(journal.of('plan-made').length, 1);
  });

  it('asks nobody after an interrupt, and ends with 130', async () => {
    const { asked, ended, host } = await go({ values: SICK, answer: YES, interrupted: true });
    assert.deepEqual(asked, []);
    assert.deepEqual(host.changes, []);
    assert.ok(ended.ok);
    assert.equal(ended.value.finished.exitCode, 130);
  });

  it('shows no secret that a host printed: neither in the plan that it asks about nor in what it ends with', async () => {
    const password = 'hunter2-x';
    const summary = text((scope) => `the lock says ${String(field(scope, 'lock', 'value'))}`);
    const runbook = downRunbook({
      diagnose: [...downRunbook().diagnose, step({ id: 'lock', action: look, params: { key: 'lock' } })],
      findings: [finding({ name: 'down', summary, when: (scope) => field(scope, 'unit', 'value') !== 'up' })],
    });
    const hosts = [boundHost('web01', { password: new Secret(password) })];
    const { asked, ended } = await go({ values: { ...SICK, lock: password }, answer: undefined, runbook, hosts });
    assert.equal(asked[0]?.hosts[0]?.findings[0]?.summary, 'the lock says ********');
    assert.ok(ended.ok);
    assert.ok(!JSON.stringify([asked, ended.value]).includes(password));
  });

  it('keeps with the run what it was started with', async () => {
    const { journal } = await go({ values: HEALTHY, answer: undefined });
    assert.deepEqual(journal.of('run-started')[0]?.selection, SELECTION);
  });

  it('leaves a host alone that needs a step beyond the risk that is allowed, and asks nobody', async () => {
    const { asked, ended, host } = await go({ values: SICK, answer: YES, maxRisk: 'reload' });
    assert.deepEqual(asked, []);
    assert.ok(ended.ok);
    assert.equal(ended.value.finished.exitCode, 16);
    assert.match(ended.value.finished.hosts['web01']?.reason ?? '', /^beyond --max-risk reload: free \(restart\)/);
    assert.deepEqual(host.changes, []);
  });

  it('carries out a plan that was made before, and asks for the right to do so once', async () => {
    const before = await go({ values: SICK, answer: undefined, mode: 'plan' });
    assert.ok(before.ended.ok);
    const { asked, ended, host, journal } = await go({
      values: SICK,
      answer: { by: 'ann', how: 'plan' },
      approved: before.ended.value.plan,
    });
    assert.equal(asked.length, 1);
    assert.ok(ended.ok);
    assert.deepEqual(ended.value.finished.counts, { repaired: 1 });
    assert.deepEqual(host.changes, ['set lock free', 'set unit up']);
    assert.equal(journal.of('run-started')[0]?.plan, before.ended.value.runId);
  });

  it('asks nobody about a plan that is void, and changes nothing', async () => {
    const before = await go({ values: HEALTHY, answer: undefined, mode: 'plan' });
    assert.ok(before.ended.ok);
    const { asked, ended, host } = await go({ values: SICK, answer: YES, approved: before.ended.value.plan });
    assert.deepEqual(asked, []);
    assert.ok(ended.ok);
    assert.equal(ended.value.finished.hosts['web01']?.reason, 'the plan is void: web01: down is new');
    assert.deepEqual(host.changes, []);
  });

  it('is an error of the store when the journal fails, and nothing is changed after it', async () => {
    const { ended, host } = await go({ values: SICK, answer: YES, failFrom: 5 });
    assert.ok(!ended.ok);
    assert.equal(ended.error.code, 'store');
    assert.match(
      ended.error.message,
      /^the record of the run could not be written: disk full; the run 0\w{25} was stopped$/,
    );
    assert.deepEqual(host.changes, []);
  });
});

interface Case {
  readonly values: Readonly<Record<string, string>>;
  readonly answer: Approval | undefined;
  readonly mode?: RunRequest['mode'];
  readonly interrupted?: boolean;
  readonly failFrom?: number;
  readonly maxRisk?: Risk;
  readonly approved?: Plan;
  readonly runbook?: Runbook;
  readonly hosts?: readonly BoundHost[];
}

async function go({ values, answer, mode = 'run', interrupted = false, failFrom = Infinity, ...given }: Case) {
  const { maxRisk, approved, ...selected } = given;
  const clock = new FakeClock();
  const host = new ScriptedHost(clock, values);
  const journal = new MemoryJournal();
  journal.failFrom = failFrom;
  const transport = createMemoryTransport(new Map([['web01', host]]));
  const asked: Plan[] = [];
  const stop = new AbortController();
  if (interrupted) stop.abort('SIGINT');
  const ended = await run(
    {
      runbook: downRunbook(),
      hosts: [boundHost('web01')],
      delegates: [],
      selection: SELECTION,
      policy: NO_RULES,
      warnings: [],
      sources: [],
      ...selected,
    },
    {
      mode,
      ...(maxRisk !== undefined && { maxRisk }),
      ...(approved !== undefined && { approved }),
      forks: 5,
      overrides: {},
      startedBy: { user: 'ann', loginUser: 'ann', machine: 'desk', reason: '', trigger: 'person' },
      stop: stop.signal,
      kill: new AbortController().signal,
      approve: (plan) => {
        asked.push(plan);
        return Promise.resolve(answer);
      },
    },
    {
      actions: ACTIONS,
      journal,
      attempts: () => [],
      transportOf: () => transport,
      clock,
      randomBytes: (count) => new Uint8Array(count),
    },
  );
  return { asked, ended, host, journal };
}
