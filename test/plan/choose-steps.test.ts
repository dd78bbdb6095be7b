import assert from 'node:assert/strict';
import type { Runbook } from '../../src/model/runbook.ts';
import { chooseSteps, type TagChoice } from '../../src/plan/choose-steps.ts';
import { bindDelegates } from '../../src/plan/delegates.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { runbookWith } from '../support/included.ts';
import { RunRig } from '../support/run-rig.ts';
import { ACTIONS, boundHost, ScriptedHost } from '../support/scripted-host.ts';

const TAGGED = `runbook: base
summary: Two things are full
diagnose:
  - { id: cache, look: { key: cache } }
  - { id: log, look: { key: log } }
findings:
  cache_full: { when: cache.value == "full", summary: The cache is full }
  log_full: { when: log.value == "full", summary: The log is full }
fix:
  - for: cache_full
    tags: [caches, quick]
    steps:
      - { id: empty, set: { key: cache, state: empty } }
      - { id: warm, tags: [slow], set: { key: cache, state: warm } }
  - { id: cut, for: log_full, tags: [logs], retest: true, set: { key: log, state: cut } }
verify:
  soak: 0s
  within: 1s
  steps:
    - { look: { key: cache }, expect: 'true' }
`;

const runbook = runbookWith(TAGGED, {}, ACTIONS);

function chosen(choice: TagChoice): Runbook {
  const result = chooseSteps(runbook, choice);
  assert.ok(result.ok);
  return result.value;
}

const FULL = { cache: 'full', log: 'full' };

async function run(choice: TagChoice, values: Readonly<Record<string, string>> = FULL) {
  const clock = new FakeClock();
  const host = new ScriptedHost(clock, values);
  const rig = new RunRig({ clock, runbook: chosen(choice), hosts: { web01: host } });
  const finished = await rig.go();
  return { rig, host, end: finished };
}

describe('Tags', () => {
  it('are those of a step and of the groups around it', () => {
    assert.deepEqual(
      runbook.fix.map(({ id, tags }) => [id, ...tags]),
      [
        ['empty', 'caches', 'quick'],
        ['warm', 'caches', 'quick', 'slow'],
        ['cut', 'logs'],
      ],
    );
  });

  it('leave out what has none of the chosen, and say so in the plan and in the run', async () => {
    const { rig, host, end } = await run({ tags: ['caches'] });
    assert.deepEqual(host.changes, ['set cache empty', 'set cache warm']);
    const [plan] = rig.journal.of('plan-made');
    assert.deepEqual(
      plan?.plan.hosts[0]?.steps.map(({ id, command }) => [
        id,
        command.kind === 'skipped' ? command.reason : command.kind,
      ]),
      [
        ['empty', 'exact'],
        ['warm', 'exact'],
        ['cut', 'left out by --tags caches'],
      ],
    );
    const cut = rig.journal.of('step-ended').find(({ step }) => step === 'cut');
    assert.deepEqual([cut?.status, cut?.error], ['skipped', 'left out by --tags caches']);
    assert.equal(end.hosts['web01']?.outcome, 'not-repaired');
  });

  it('repair a host that has no other problem', async () => {
    const { end, host } = await run({ tags: ['logs', 'slow'] }, { cache: 'ok', log: 'full' });
    assert.deepEqual(host.changes, ['set log cut']);
    assert.equal(end.hosts['web01']?.outcome, 'repaired');
  });

  it('leave out what has one of the others', async () => {
    const { host } = await run({ skipTags: ['slow', 'logs'] });
    assert.deepEqual(host.changes, ['set cache empty']);
  });

  it('leave a host unrepaired where they leave out all that would serve what it has, and say why', async () => {
    const { rig, host, end } = await run({ skipTags: ['quick'] }, { cache: 'full', log: 'ok' });
    assert.deepEqual(host.changes, []);
    const [plan] = rig.journal.of('plan-made');
    assert.equal(
      plan?.plan.hosts[0]?.reason,
      'no fix for: The cache is full (the fix is left out by --skip-tags quick)',
    );
    assert.equal(end.hosts['web01']?.outcome, 'not-repaired');
  });

  it('need no host that only steps which they leave out, or their undo, are delegated to', () => {
    const cut = '{ id: cut, for: log_full, tags: [logs], retest: true, set: { key: log, state: cut } }';
    const delegated = cut.replace(/ }$/, ', delegate: lb01, undo: [{ set: { key: log, state: back } }] }');
    const whole = runbookWith(TAGGED.replace(cut, delegated), {}, ACTIONS);
    const delegatesOf = (choice: TagChoice) => {
      const made = chooseSteps(whole, choice);
      const bound = made.ok ? bindDelegates(made.value, [boundHost('web01', {})]) : assert.fail();
      return bound.ok ? bound.value.hosts.map(({ delegates }) => delegates) : assert.fail();
    };
    assert.deepEqual(delegatesOf({}), [[{ name: 'lb01', changes: true }]]);
    assert.deepEqual(delegatesOf({ skipTags: ['logs'] }), [undefined]);
  });

  it('are bound by a plan', async () => {
    const plans = await Promise.all(
      [{}, { tags: ['caches'] }].map(
        async (choice) => (await run(choice, { cache: 'full', log: 'ok' })).rig.journal.of('plan-made')[0]?.plan,
      ),
    );
    assert.deepEqual(
      plans.map((plan) => plan?.hosts[0]?.outcome),
      ['needs-fix', 'needs-fix'],
    );
    assert.notEqual(plans[0]?.sha256, plans[1]?.sha256);
  });

  it('that no fix step has are an error, with the nearest', () => {
    const said = (choice: TagChoice) => {
      const result = chooseSteps(runbook, choice);
      return result.ok ? '' : `${result.error.message}; ${result.error.hint ?? ''}`;
    };
    assert.equal(said({ tags: ['cache'] }), 'no fix step of base has the tag "cache"; did you mean caches?');
    assert.match(said({ skipTags: ['x'] }), /has the tag "x"; its fix steps have caches, quick, slow, logs$/);
    const untagged = { ...runbook, fix: runbook.fix.map((step) => ({ ...step, tags: [] })) };
    const result = chooseSteps(untagged, { tags: ['caches'] });
    assert.equal(result.ok ? '' : result.error.hint, 'its fix steps have no tags');
  });
});
