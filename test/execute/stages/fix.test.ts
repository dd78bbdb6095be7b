import assert from 'node:assert/strict';
import { condition, constant, expression, field, finding, step } from '../../support/runbook-builder.ts';
import { downRunbook, freeLock, oneHost, SICK, startUnit } from '../../support/down-runbook.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { rule } from '../../support/rules.ts';
import { ANSWER, RunRig, YES } from '../../support/run-rig.ts';
import { changing, look, ScriptedHost, set, setTo } from '../../support/scripted-host.ts';

const other = step({ id: 'other', phase: 'fix', action: set, params: setTo('other', 'done'), for: ['down'] });

describe('fix', () => {
  it('makes every intent durable before the command reaches the host, with what a resume must ask', async () => {
    const { host, rig, journal } = oneHost();
    journal.onCommit = (event) => {
      if (event.type === 'step-intended') assert.ok(!host.changes.includes(event.summary.replace(/^\w+/, 'set')));
    };
    await rig.go();
    const [intent] = journal.of('step-intended');
    assert.equal(intent?.text, 'set lock free');
    assert.equal(intent?.incarnation, 'simulated-1');
    assert.equal(intent?.bootId, 'boot-1');
    assert.match(intent?.execution ?? '', /^[a-z0-9_.-]+$/);
  });

  it('skips a step whose condition does not hold or whose findings are not present, with the reason', async () => {
    const never = { ...other, when: [condition(() => false)] };
    const elsewhere = { ...other, id: 'elsewhere', for: ['full'] };
    const { host, rig, journal } = oneHost({ fix: [never, elsewhere, startUnit] });
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'repaired');
    assert.deepEqual(host.changes, ['set unit up']);
    const skipped = journal.of('step-ended').filter(({ status, phase }) => status === 'skipped' && phase === 'fix');
    assert.deepEqual(
      skipped.map(({ step: id, error }) => [id, error.slice(0, 11)]),
      [
        ['other', 'not needed:'],
        ['elsewhere', 'full: not p'],
      ],
    );
  });

  it('runs the next step although the first removed the symptom', async () => {
    const { host, rig } = oneHost({ fix: [startUnit, other] });
    await rig.go();
    assert.deepEqual(host.changes, ['set unit up', 'set other done']);
  });

  it('skips a harder alternative when its re-test no longer makes the finding', async () => {
    const harder = { ...other, retest: constant(0) };
    const { host, rig, journal } = oneHost({ fix: [startUnit, harder] });
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'repaired');
    assert.deepEqual(host.changes, ['set unit up']);
    assert.equal(journal.of('findings-evaluated').filter(({ moment }) => moment === 'retest').length, 2);
  });

  it('reads diagnose again for as long as retest says, until the finding is gone', async () => {
    const slow = oneHost({ fix: [freeLock, { ...startUnit, retest: constant(15_000) }] });
    slow.host.fault = (text) => {
      if (text === 'look unit' && slow.clock.monotonic() >= 5000) slow.host.values.set('unit', 'up');
      return undefined;
    };
    await slow.rig.go();
    assert.deepEqual(slow.host.changes, ['set lock free']);

    const never = oneHost({ fix: [freeLock, { ...startUnit, retest: constant(15_000) }] });
    await never.rig.go();
    assert.deepEqual(never.host.changes, ['set lock free', 'set unit up']);
    const started = never.host.reached.find(({ text }) => text === 'set unit up');
    assert.equal(started?.from, 15_000);
  });

  it('makes each item of a loop a step of its own, and ends the loop at the first that fails', async () => {
    const each = step({
      id: 'each',
      phase: 'fix',
      action: set,
      params: expression((scope) => setTo(String(scope.item), 'clean')),
      loop: constant(['a', 'b', 'c', 'd']),
      when: [condition((scope) => scope.item !== 'b')],
      for: ['down'],
    });
    const { host, rig, journal } = oneHost({ fix: [each, startUnit] });
    host.fault = (text) =>
      text === 'set c clean' ? { end: { how: 'exit', code: 1 }, stderr: 'c is stuck' } : undefined;
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    const items = journal.of('step-intended').filter(({ phase }) => phase === 'fix');
    assert.deepEqual(
      items.map(({ item }) => item),
      ['a', 'c'],
    );
    assert.equal(new Set(items.map(({ execution }) => execution)).size, 2);
    assert.equal(host.values.get('a'), '');
    assert.ok(!host.changes.includes('set unit up'));
  });

  it('goes on after a failed step that says so, and gives later steps its status', async () => {
    const after = { ...other, when: [condition((scope) => scope.steps.get('free')?.status === 'failed')] };
    const { host, rig } = oneHost({ fix: [{ ...freeLock, onFailure: 'continue' }, after, startUnit] });
    host.fault = (text) => (text === 'set lock free' ? { end: { how: 'exit', code: 1 }, stderr: 'no' } : undefined);
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'repaired');
    assert.deepEqual(host.changes, ['set lock free', 'set other done', 'set unit up']);
  });

  it('ends everything on the host when a change may or may not have run, and undoes nothing', async () => {
    for (const end of [{ how: 'lost' }, { how: 'timeout', gone: false }] as const) {
      const { host, rig, journal } = oneHost({ fix: [freeLock, startUnit, other] });
      host.fault = (text) => (text === 'set unit up' ? { end, done: true } : undefined);
      const finished = await rig.go();
      assert.equal(finished.hosts['web01']?.outcome, 'unknown');
      assert.equal(finished.exitCode, 32);
      assert.match(finished.hosts['web01']?.reason ?? '', /nothing was undone, look at the host/);
      assert.equal(journal.of('step-ended').find(({ step: id }) => id === 'start')?.status, 'unknown');
      assert.deepEqual(host.changes, ['set lock free', 'set unit up']);
      assert.equal(journal.of('phase-started').filter(({ phase }) => phase === 'rollback').length, 0);
    }
  });

  it('takes a timeout that is proven over, and a signal, for a failure', async () => {
    for (const end of [
      { how: 'signal', signal: 'KILL' },
      { how: 'timeout', gone: true },
    ] as const) {
      const { host, rig, journal } = oneHost({ fix: [freeLock] });
      host.fault = (text) => (text === 'set lock free' ? { end } : undefined);
      const finished = await rig.go();
      const ended = journal.of('step-ended').find(({ step: id }) => id === 'free');
      assert.equal(ended?.status, 'failed');
      assert.equal(ended?.reason, end.how);
      // Nobody knows how far it came, so nobody knows how to undo it.
      assert.equal(finished.hosts['web01']?.outcome, 'rollback-failed');
    }
  });

  it('fails a step that expects something else, with what was compared', async () => {
    const strict = { ...freeLock, expect: [condition((scope) => scope.result?.output?.['before'] === 'free')] };
    const { host, rig, journal } = oneHost({ fix: [strict] });
    const finished = await rig.go();
    const ended = journal.of('step-ended').find(({ step: id }) => id === 'free');
    assert.deepEqual([ended?.status, ended?.reason], ['failed', 'expect']);
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.equal(host.values.get('lock'), 'held');
  });

  it('does not send a step whose params cannot be evaluated', async () => {
    const lost = { ...other, params: expression(() => setTo(String(1n / 0n), 'x')), onFailure: 'continue' } as const;
    const { host, rig, journal } = oneHost({ fix: [lost, startUnit] });
    await rig.go();
    assert.deepEqual(host.changes, ['set unit up']);
    const ended = journal.of('step-ended').find(({ step: id }) => id === 'other');
    assert.deepEqual([ended?.status, ended?.reason, ended?.execution], ['failed', 'expression', '']);
  });

  it('reads the findings again when the host was left alone for more than a minute', async () => {
    const { clock, host, rig, journal } = oneHost({ fix: [freeLock, startUnit] });
    journal.onCommit = (event) => {
      if (event.type === 'step-ended' && event.step === 'free') clock.suspend(61_000);
    };
    await rig.go();
    assert.equal(journal.of('findings-evaluated').filter(({ moment }) => moment === 'retest').length, 2);
    assert.deepEqual(host.changes, ['set lock free', 'set unit up']);
  });

  it('rolls back when a re-test in its middle finds something that blocks', async () => {
    const { host, rig } = oneHost({ fix: [freeLock, { ...startUnit, retest: constant(0) }] });
    host.fault = (text) => {
      if (text === 'set lock free') host.values.set('disk', 'full');
      return undefined;
    };
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.match(finished.hosts['web01']?.reason ?? '', /^blocked: full is wrong; undone: free/);
    assert.equal(host.values.get('lock'), 'held');
  });

  const reload = { maxRisk: 'reload' } as const;
  for (const [whose, limited, words] of [
    ['the command line', reload, '--max-risk reload'],
    ['a rule', { rules: [rule(reload)] }, 'max_risk reload of the rule "a rule" \\(/etc/runbook/config\\.yaml:1\\)'],
  ] as const) {
    it(`never sends a step beyond the risk of ${whose}, also one that was not needed when the plan was made`, async () => {
      const hesitant = { ...other, when: [condition((scope) => field(scope, 'disk', 'value') === 'odd')] };
      const gentle = { ...freeLock, risk: 'reload' } as const;
      const clock = new FakeClock();
      const host = new ScriptedHost(clock, SICK);
      const runbook = downRunbook({ fix: [gentle, hesitant] });
      const rig = new RunRig({ clock, runbook, hosts: { web01: host }, ...limited });
      const finished = await rig.go(YES, () => host.values.set('disk', 'odd'));
      assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
      assert.match(
        finished.hosts['web01']?.reason ?? '',
        new RegExp(`^other: its risk is restart, beyond ${words}: not sent`),
      );
      assert.deepEqual(host.changes, ['set lock free', 'set lock held']);
    });
  }

  it('ends not repaired, without a proof, when no step applies after all', async () => {
    const hesitant = { ...startUnit, when: [condition((scope) => field(scope, 'disk', 'value') === 'ok')] };
    const { host, rig } = oneHost({ fix: [hesitant] });
    const finished = await rig.go(undefined, () => host.values.set('disk', 'odd'));
    assert.equal(finished.hosts['web01']?.outcome, 'not-repaired');
    assert.deepEqual(host.changes, []);
  });

  it('ends unreachable when the connection breaks before the first change', async () => {
    const { host, rig } = oneHost();
    const finished = await rig.go(undefined, () => {
      host.fault = () => ({ end: { how: 'lost' } });
    });
    assert.equal(finished.hosts['web01']?.outcome, 'unreachable');
    assert.deepEqual(host.changes, []);
  });

  it('records no command of a step with no_log, and still holds it to the plan', async () => {
    const quiet = {
      ...startUnit,
      noLog: true,
      params: expression((scope) => setTo('unit', String(field(scope, 'disk', 'value')))),
    };
    const calm = oneHost({ fix: [quiet] }, { ...SICK, disk: 'hush' });
    await calm.rig.go(ANSWER);
    assert.deepEqual(calm.host.changes, ['set unit hush', 'set unit down']);
    const [intent] = calm.journal.of('step-intended');
    assert.deepEqual([intent?.summary, intent?.text], ['start', '']);
    const [command] = calm.journal.of('plan-made').map(({ plan }) => plan.hosts[0]?.steps[0]?.command);
    assert.ok(command?.kind === 'exact');
    assert.deepEqual([command.items[0]?.text, command.items[0]?.params], ['', {}]);

    const moved = oneHost({ fix: [quiet] }, { ...SICK, disk: 'hush' });
    const finished = await moved.rig.go(ANSWER, () => moved.host.values.set('disk', 'other'));
    assert.equal(finished.hosts['web01']?.outcome, 'refused');
    assert.deepEqual(moved.host.changes, []);
  });

  it('records neither output nor error of a step with no_log, only size and hash', async () => {
    const quiet = { ...startUnit, noLog: true, action: changing('service') };
    const { host, rig, journal } = oneHost({ fix: [quiet] });
    host.values.set('unit', 'hush');
    await rig.go();
    const evidence = journal.of('evidence').find(({ step: id }) => id === 'start');
    assert.equal(evidence?.output.text, '');
    assert.equal(evidence?.output.bytes, 4);
    assert.equal(journal.of('step-ended').find(({ step: id }) => id === 'start')?.output, undefined);
  });

  it('quotes no output of a step with no_log where it says why the host was rolled back', async () => {
    const telling = { ...condition(() => false), explain: () => 'result.stdout is "hush"' };
    const quiet = { ...startUnit, noLog: true, expect: [telling] };
    const { rig, journal } = oneHost({ fix: [quiet] });
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.match(finished.hosts['web01']?.reason ?? '', /not recorded \(no_log\)/);
    assert.doesNotMatch(JSON.stringify(journal.events), /hush/);
  });

  it('never fixes what only a finding for information says', async () => {
    const { rig, host } = oneHost({
      diagnose: [step({ id: 'unit', action: look, params: { key: 'unit' } })],
      findings: [finding({ name: 'note', severity: 'info', when: () => true })],
    });
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'healthy');
    assert.deepEqual(host.changes, []);
    assert.equal(SICK.unit, 'down');
  });
});
