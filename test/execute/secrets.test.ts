import assert from 'node:assert/strict';
import { MASK, Secret } from '../../src/util/secret.ts';
import { downRunbook, SICK } from '../support/down-runbook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { RunRig } from '../support/run-rig.ts';
import { ScriptedHost } from '../support/scripted-host.ts';

describe('the secrets of a run', () => {
  it('are in no event, whether a param or the password for sudo is printed by a host', async () => {
    const clock = new FakeClock();
    const host = new ScriptedHost(clock, { ...SICK, unit: 'down: hunter2-of-token, hunter3-of-sudo' });
    const params = { token: new Secret('hunter2-of-token') };
    const becomePassword = new Secret('hunter3-of-sudo');
    const rig = new RunRig({ clock, runbook: downRunbook(), hosts: { web01: host }, params, becomePassword });
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'repaired');
    const story = JSON.stringify(rig.journal.events);
    assert.ok(story.includes(`down: ${MASK}, ${MASK}`), story);
    assert.doesNotMatch(story, /hunter/);
  });

  it('go to the transport where it needs one: the password for sudo, and not otherwise', async () => {
    const clock = new FakeClock();
    const becomePassword = new Secret('hunter3');
    const hosts = { web01: new ScriptedHost(clock, SICK) };
    const given = new RunRig({ clock, runbook: downRunbook(), hosts, becomePassword });
    await given.go();
    assert.deepEqual(given.connected, [{ become: false, connectTimeoutMs: 10_000, secrets: { becomePassword } }]);
    const none = new RunRig({ clock, runbook: downRunbook(), hosts });
    await none.go();
    assert.deepEqual(none.connected, [{ become: false, connectTimeoutMs: 10_000, secrets: {} }]);
  });
});
