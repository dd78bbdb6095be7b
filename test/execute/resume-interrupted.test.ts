import assert from 'node:assert/strict';
import type { Step } from '../../src/model/runbook.ts';
import { constantText } from '../../src/model/constant.ts';
import { step } from '../support/runbook-builder.ts';
import { downRunbook, SICK, startUnit } from '../support/down-runbook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { ResumeRig, type Cut } from '../support/resume-rig.ts';
import { ScriptedHost, set, setTo } from '../support/scripted-host.ts';

const fixStep = (id: string): Step => step({ id, phase: 'fix', action: set, params: setTo(id, 'new'), for: ['down'] });

/** A run of which an interrupt, said twice, has ended this command, and proven that; `done`: it had done its work by then. */
async function endedIn(command: string, fix: readonly Step[], done: boolean) {
  const clock = new FakeClock();
  const host = new ScriptedHost(clock, SICK, { boot_id: 'boot-1', machine_id: 'm1' });
  host.latencyMs = 100;
  const rig = new ResumeRig({ clock, hosts: { web01: host }, runbook: downRunbook({ fix }) });
  host.fault = (text) => {
    if (text !== command) return undefined;
    host.fault = () => undefined;
    rig.stop.abort('SIGINT');
    rig.kill.abort('SIGINT');
    return { end: { how: 'cancelled', gone: true }, done };
  };
  assert.equal((await rig.run())?.exitCode, 130);
  const resume = async (cut?: Cut) => (await rig.resume('resume', cut))?.hosts['web01'];
  return { rig, host, resume };
}

describe('a step that an interrupt ended in the middle', () => {
  it('is not sent again when its run is resumed: where its problem is gone, the host is proven', async () => {
    const { host, resume } = await endedIn('set unit up', [fixStep('one'), startUnit], true);
    assert.equal((await resume())?.outcome, 'repaired');
    assert.deepEqual(host.changes, ['set one new', 'set unit up']);
  });

  it('keeps the steps after it from nothing where its problem is gone', async () => {
    const { host, resume } = await endedIn('set unit up', [fixStep('one'), startUnit, fixStep('two')], true);
    assert.equal((await resume())?.outcome, 'repaired');
    assert.deepEqual(host.changes, ['set one new', 'set unit up', 'set two new']);
  });

  it('is decided about once: a session after that goes on from there', async () => {
    const { rig, host, resume } = await endedIn('set unit up', [fixStep('one'), startUnit, fixStep('two')], true);
    const after = rig.events.length;
    rig.onCommit = ({ type, seq }) => {
      if (type === 'step-intended' && seq > after) rig.stop.abort('SIGINT');
    };
    assert.equal((await resume())?.outcome, 'not-repaired');
    rig.onCommit = () => undefined;
    host.values.set('unit', 'down');
    await resume();
    assert.deepEqual(host.changes.slice(0, 3), ['set one new', 'set unit up', 'set two new']);
    assert.equal(host.changes.filter((text) => text === 'set unit up').length, 1);
  });

  it('is undone with all else where its problem is still there, and the reason says why', async () => {
    const { host, resume } = await endedIn('set one new', [fixStep('one'), startUnit], false);
    const end = await resume();
    assert.equal(end?.outcome, 'rollback-failed', 'how to undo a part of it is not known');
    assert.match(
      end?.reason ?? '',
      /^one: ended by the interrupt; nothing of it runs any more; it is not sent again, and is still needed: down;/,
    );
    assert.deepEqual(host.changes, ['set one new']);
  });

  it('is called by its id in the reason when it has no name of its own', async () => {
    const unnamed = { ...fixStep('one'), name: constantText('set') };
    const { resume } = await endedIn('set one new', [unnamed, startUnit], false);
    assert.match((await resume())?.reason ?? '', /^one: ended by the interrupt/);
  });
});
