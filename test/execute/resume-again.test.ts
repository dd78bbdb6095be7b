import assert from 'node:assert/strict';
import type { Attempt } from '../../src/model/attempt.ts';
import type { ErrorInfo } from '../../src/model/error.ts';
import type { Step } from '../../src/model/runbook.ts';
import { constant, expression, step } from '../support/runbook-builder.ts';
import { downRunbook, SICK, startUnit } from '../support/down-runbook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { ResumeRig, type ResumeOptions } from '../support/resume-rig.ts';
import { ScriptedHost, set, setTo } from '../support/scripted-host.ts';

const fixStep = (id: string, parts: Partial<Step> = {}): Step =>
  step({ id, phase: 'fix', action: set, params: setTo(id, 'new'), for: ['down'], ...parts });

const each = fixStep('each', {
  loop: constant(['p', 'q']),
  params: expression(({ item }) => setTo(`each_${String(item)}`, 'new')),
});

function make(fix: readonly Step[] = [fixStep('one'), each, startUnit], names: readonly string[] = ['web01']) {
  const clock = new FakeClock();
  const hosts = Object.fromEntries(
    names.map((name) => [name, new ScriptedHost(clock, SICK, { boot_id: `boot-${name}`, machine_id: name })]),
  );
  for (const host of Object.values(hosts)) host.latencyMs = 100;
  const options: ResumeOptions = { clock, hosts, runbook: downRunbook({ fix }) };
  const rig = new ResumeRig(options);
  const at = (name: string): ScriptedHost => {
    const host = hosts[name];
    assert.ok(host);
    return host;
  };
  return { rig, at, host: at('web01'), options };
}

/** What is otherwise than before the run. */
const leftOn = ({ values }: ScriptedHost) =>
  [...values].filter(([key, value]) => value !== ((SICK as Readonly<Record<string, string>>)[key] ?? ''));

const seqOf = (rig: ResumeRig, type: string, nth = 0): number => {
  const found = rig.events.filter((event) => event.type === type)[nth];
  assert.ok(found, `no ${type}`);
  return found.seq;
};

async function wholeRun(fix?: readonly Step[], names?: readonly string[]): Promise<ResumeRig> {
  const { rig } = make(fix, names);
  await rig.run();
  return rig;
}

describe('a resumed run that is cut short itself', function () {
  this.timeout(60_000);

  it('is resumed as well, at any of its events, and sends nothing twice', async () => {
    const whole = make();
    await whole.rig.run();
    const first = { after: seqOf(whole.rig, 'step-intended', 1), told: true };
    const second = make();
    await second.rig.run(first);
    await second.rig.resume();
    const last = second.rig.events.length;
    for (let after = first.after + 1; after < last; after += 1) {
      const { rig, host } = make();
      await rig.run(first);
      assert.equal(await rig.resume('resume', { after, told: after % 2 === 0 }), undefined);
      const finished = await rig.resume();
      if (finished !== undefined) assert.deepEqual(finished.counts, { repaired: 1 }, `cut after ${after}`);
      assert.deepEqual(host.changes, whole.host.changes, `cut after ${after}`);
    }
  });

  it('frees a host whose end was recorded right before it died, and leaves that alone which another machine answers for', async () => {
    const names = ['web01', 'web02'];
    const { events } = await wholeRun(undefined, names);
    const ended = events.find((event) => event.type === 'host-finished' && event.host === 'web01');
    assert.ok(ended);
    for (const machine of ['web01', 'another']) {
      const { rig, at } = make(undefined, names);
      await rig.run({ after: ended.seq, told: false });
      const sent = at('web01').changes.length;
      const before = rig.locked.length;
      Object.assign(at('web01').facts, { machine_id: machine });
      assert.deepEqual((await rig.resume())?.counts, { repaired: 2 });
      assert.deepEqual(rig.locked.slice(before), machine === 'web01' ? ['web02', 'web01'] : ['web02']);
      assert.equal(at('web01').changes.length, sent);
    }
  });

  it('finds the claims where its store had kept an intent, and refused it: nothing was sent', async () => {
    const whole = await wholeRun();
    const { rig, host } = make();
    rig.onCommit = ({ seq }) => {
      if (seq >= seqOf(whole, 'step-intended', 1)) throw new Error('no room');
    };
    await assert.rejects(rig.run(), /no room/);
    rig.onCommit = () => undefined;
    assert.deepEqual((await rig.resume())?.counts, { repaired: 1 });
    assert.deepEqual(host.changes.length, new Set(host.changes).size);
  });

  it('gives every session a number, and counts executions on', async () => {
    const { rig } = make();
    const whole = await wholeRun();
    await rig.run({ after: seqOf(whole, 'step-intended'), told: true });
    await rig.resume('resume', { after: seqOf(whole, 'step-intended') + 12, told: true });
    await rig.resume();
    assert.deepEqual(
      rig.events.flatMap((event) => (event.type === 'run-resumed' ? [event.session] : [])),
      [2, 3],
    );
    const sent = rig.events.flatMap((event) => (event.type === 'step-started' ? [event.execution] : []));
    assert.equal(new Set(sent).size, sent.length);
    assert.deepEqual(
      rig.events.map(({ seq }) => seq),
      rig.events.map((_, index) => index + 1),
    );
  });
});

describe('the rollback of a run that was cut short', function () {
  this.timeout(60_000);

  it('undoes all that it changed, wherever it was cut', async () => {
    const whole = await wholeRun();
    for (let after = seqOf(whole, 'approved'); after < whole.events.length; after += 1) {
      const { rig, host } = make();
      await rig.run({ after, told: after % 2 === 0 });
      const sent = host.changes.length;
      const finished = await rig.resume('rollback');
      assert.deepEqual(leftOn(host), [], `cut after ${after}`);
      assert.equal(host.changes.length, 2 * sent, `cut after ${after}`);
      if (sent > 0) assert.deepEqual(finished?.counts, { 'rolled-back': 1 }, `cut after ${after}`);
    }
  });

  it('is gone on with when it is cut short itself, and undoes nothing twice', async () => {
    const { rig: one } = make();
    await one.run();
    const from = one.events.length;
    await one.resume('rollback');
    const last = one.events.length;
    for (let after = from + 1; after < last; after += 1) {
      const { rig, host } = make();
      await rig.run();
      await rig.resume('rollback', { after, told: after % 2 === 0 });
      const finished = await rig.resume();
      if (finished !== undefined) assert.deepEqual(finished.counts, { 'rolled-back': 1 }, `cut after ${after}`);
      assert.deepEqual(leftOn(host), [], `cut after ${after}`);
      assert.equal(host.changes.length, 8, `cut after ${after}`);
    }
  });

  it('contacts no host that the run did not change, nor one that was rolled back', async () => {
    const { rig, at } = make(undefined, ['web01', 'web02']);
    at('web02').values.set('unit', 'up');
    await rig.run();
    await rig.resume('rollback');
    const resumed = rig.events.flatMap((event) => (event.type === 'run-resumed' ? event.hosts : []));
    assert.deepEqual(resumed, ['web01']);
    assert.equal(await rig.resume('rollback'), undefined);
  });

  it('undoes what one host did for all when all are undone', async () => {
    const { rig, at } = make([fixStep('one', { once: true }), startUnit], ['web01', 'web02']);
    await rig.run();
    const finished = await rig.resume('rollback');
    assert.deepEqual(finished?.counts, { 'rolled-back': 2 });
    for (const name of ['web01', 'web02']) assert.deepEqual(leftOn(at(name)), []);
  });

  it('undoes also a step of which nobody knows how it ended', async () => {
    const whole = await wholeRun();
    const { rig, host } = make();
    await rig.run({ after: seqOf(whole, 'step-intended', 1), told: true });
    Object.assign(host, { settle: () => ({ state: 'unknown', why: 'its keeper was killed' }) });
    const resumed = await rig.resume();
    assert.deepEqual(resumed?.counts, { unknown: 1 });
    assert.equal(host.changes.length, 2);
    const again = await rig.resume();
    assert.deepEqual(again?.counts, { unknown: 1 });
    assert.equal(host.changes.length, 2);
    const rolledBack = await rig.resume('rollback');
    assert.deepEqual(rolledBack?.counts, { 'rollback-failed': 1 });
    assert.match(rolledBack?.hosts['web01']?.reason ?? '', /it ended before it could say how to undo it/);
    assert.equal(host.values.get('one'), '');
  });
});

describe('a run that was interrupted', () => {
  it('goes on with the next step when it is resumed', async () => {
    const whole = make();
    await whole.rig.run();
    for (const nth of [0, 1, 2, 3]) {
      const { rig, host } = make();
      const stopAt = seqOf(whole.rig, 'step-intended', nth);
      rig.onCommit = (event) => {
        if (event.seq === stopAt) rig.stop.abort('SIGINT');
      };
      const interrupted = await rig.run();
      assert.equal(interrupted?.exitCode, 130);
      const finished = await rig.resume();
      assert.deepEqual(finished?.counts, { repaired: 1 }, `interrupted at ${nth}`);
      assert.deepEqual(host.changes, whole.host.changes);
    }
  });
});

async function cutInTheMiddle(fix?: readonly Step[]) {
  const whole = await wholeRun(fix);
  const made = make(fix);
  await made.rig.run({ after: seqOf(whole, 'step-intended', 1), told: true });
  return made;
}

describe('a host of a run that was cut short', () => {
  it('ends unknown when it cannot be reached any more, and can be resumed later', async () => {
    const { rig, host } = await cutInTheMiddle();
    host.connectError = { code: 'connection-refused', message: 'nothing listens' };
    const finished = await rig.resume();
    assert.match(finished?.hosts['web01']?.reason ?? '', /^not asked what became of it: nothing listens/);
    assert.deepEqual(finished?.counts, { unknown: 1 });
    delete host.connectError;
    assert.deepEqual((await rig.resume())?.counts, { repaired: 1 });
  });

  it('is left alone when another machine answers at its address', async () => {
    const { rig, host } = await cutInTheMiddle();
    Object.assign(host.facts, { machine_id: 'another' });
    const finished = await rig.resume();
    assert.deepEqual(finished?.counts, { unknown: 1 });
    assert.match(finished?.hosts['web01']?.reason ?? '', /another machine answers/);
    assert.equal(host.changes.length, 2);
  });

  it('tells of a step that it asked for how long that ran, not how long the asking took', async () => {
    const { rig, host } = await cutInTheMiddle();
    host.latencyMs = 700;
    const before = rig.events.length;
    await rig.resume();
    const ended = rig.events.slice(before).find((event) => event.type === 'step-ended' && event.phase === 'fix');
    assert.ok(ended?.type === 'step-ended');
    assert.equal(ended.durationMs, 100);
  });

  it('is left alone when another run has changed it since, and still is when it is asked for again', async () => {
    const { rig, host } = await cutInTheMiddle();
    const sentAt = rig.events.findLast(({ type }) => type === 'step-intended')?.at ?? '';
    const other: Attempt = {
      ...{ runId: '01other', runbook: 'disk-full', host: 'web01', machine: 'm', findings: ['full'] },
      begunAt: new Date(Date.parse(sentAt) + 1000).toISOString(),
    };
    rig.attemptsOfOthers = (_machine, since) => (other.begunAt >= since ? [other] : []);
    for (let time = 0; time < 2; time += 1) {
      const finished = await rig.resume();
      assert.deepEqual(finished?.counts, { unknown: 1 });
      assert.match(
        finished?.hosts['web01']?.reason ?? '',
        /^not asked what became of it: the run 01other \(disk-full\) has changed it since/,
      );
    }
    assert.equal(host.changes.length, 2);
    assert.match(JSON.stringify(rig.events.at(-2)), /runbook run test --limit web01/);
    assert.deepEqual((await rig.resume('rollback'))?.counts, { 'rolled-back': 1 });
  });

  it('ends unknown when there is no way to it any more, and keeps no other one from being gone on with', async () => {
    const fix = [fixStep('one'), startUnit];
    const names = ['web01', 'web02'];
    const whole = await wholeRun(fix, names);
    const { rig, at } = make(fix, names);
    // Both are in the middle of their fix.
    await rig.run({ after: seqOf(whole, 'step-intended', 1), told: true });
    const gone: ErrorInfo = { code: 'refused', message: 'site.yaml has no host web02 any more', hint: 'correct it' };
    rig.lacking = new Map([['web02', gone]]);
    const finished = await rig.resume();
    assert.deepEqual(finished?.counts, { repaired: 1, unknown: 1 });
    assert.equal(finished?.hosts['web02']?.reason, 'not asked what became of it: site.yaml has no host web02 any more');
    assert.equal(finished?.exitCode, 32);
    assert.equal(at('web02').changes.length, 1);
    rig.lacking = new Map();
    assert.deepEqual((await rig.resume())?.counts, { repaired: 2 });
  });

  it('ends unreachable when there is no way to it any more, and nothing was sent there', async () => {
    const names = ['web01', 'web02', 'web03'];
    const whole = await wholeRun([startUnit], names);
    const { rig, at } = make([startUnit], names);
    await rig.run({ after: seqOf(whole, 'approved'), told: true });
    rig.lacking = new Map([['web02', { code: 'refused', message: 'there is no web02' }]]);
    const finished = await rig.resume();
    assert.deepEqual([finished?.counts, finished?.exitCode], [{ repaired: 2, unreachable: 1 }, 4]);
    assert.deepEqual(at('web02').changes, []);
  });

  it('ends unknown when its record is of other steps', async () => {
    const { rig, host, options } = await cutInTheMiddle();
    const other = new ResumeRig({ ...options, runbook: downRunbook({ fix: [each, fixStep('one'), startUnit] }) });
    other.events.push(...rig.events);
    const finished = await other.resume();
    assert.deepEqual(finished?.counts, { unknown: 1 });
    assert.match(finished?.hosts['web01']?.reason ?? '', /its record does not fit/);
    assert.equal(host.changes.length, 2);
  });

  it('is sent no value that its record masks', async () => {
    const told = fixStep('told', {
      params: expression(({ steps }) => setTo('told', String(steps.get('one')?.output?.['before']))),
    });
    const { rig, host } = await cutInTheMiddle([fixStep('one'), each, told, startUnit]);
    for (const [index, event] of rig.events.entries()) {
      if (event.type === 'step-ended' && event.step === 'one')
        rig.events[index] = { ...event, output: { before: '********' } };
    }
    const finished = await rig.resume();
    assert.deepEqual(finished?.counts, { 'rolled-back': 1 });
    assert.match(finished?.hosts['web01']?.reason ?? '', /a value that was secret/);
    assert.ok(host.changes.every((text) => !text.includes('*')));
  });
});
