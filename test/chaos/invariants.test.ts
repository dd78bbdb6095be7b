import assert from 'node:assert/strict';
import type { EventBody } from '../../src/model/event.ts';
import { hostFinished, intended, runFinished, runStarted, stamped, stepEnded } from '../reporters/events.ts';
import { brokenRules } from './invariants.ts';

const START = runStarted('web01');
const locked = (epoch: number): EventBody => ({ type: 'lock-taken', host: 'web01', incarnation: 'i1', epoch });

describe('the rules for what a record may say', () => {
  it('are kept by a run in which all went well, and by one that was resumed', () => {
    const done = [intended('web01'), stepEnded('web01', 'changed'), hostFinished('web01', 'repaired')];
    assert.deepEqual(brokenRules(stamped(START, locked(1), ...done, runFinished({ repaired: 1 }))), []);
    const resumed: EventBody = {
      type: 'run-resumed',
      session: 2,
      how: 'resume',
      hosts: ['web01'],
      startedBy: { user: 'root', loginUser: 'ann', machine: 'ctl', reason: '', trigger: 'person' },
      process: { machine: 'ctl', pid: 1, startTime: '1', bootId: 'b' },
      version: '0.1.0',
    };
    const unknown = [intended('web01'), stepEnded('web01', 'unknown'), hostFinished('web01', 'unknown')];
    const settled = [stepEnded('web01', 'changed'), hostFinished('web01', 'repaired')];
    const events = stamped(START, locked(1), ...unknown, resumed, locked(2), ...settled, runFinished({ repaired: 1 }));
    assert.deepEqual(brokenRules(events), []);
  });

  const broken: Readonly<Record<string, readonly EventBody[]>> = {
    'I1: .* never intended': [START, stepEnded('web01', 'changed')],
    'I2: .* intended twice': [START, intended('web01'), intended('web01')],
    'I2: .* changed twice': [START, intended('web01'), stepEnded('web01', 'changed'), stepEnded('web01', 'changed')],
    'I5: web01 was rolled back before a fix': [START, intended('web01', 'undo', 'rollback')],
    'I6: web02 was not chosen': [START, intended('web02')],
    'I7: web01 ended twice': [START, hostFinished('web01', 'unknown'), hostFinished('web01', 'repaired')],
    'I10: 2 outcomes of 1 hosts': [START, runFinished({ repaired: 2 })],
    'I11: web01 was locked at 2, then at 1': [START, locked(2), locked(1)],
    'I12: web01 ends repaired, and nobody knows': [
      START,
      intended('web01'),
      stepEnded('web01', 'unknown'),
      hostFinished('web01', 'repaired'),
    ],
  };
  for (const [rule, bodies] of Object.entries(broken))
    it(`see what breaks ${rule}`, () => {
      const found = brokenRules(stamped(...bodies));
      assert.equal(found.length, 1);
      assert.match(found[0] ?? '', new RegExp(rule));
    });

  it('see that an event is missing', () => {
    const [first, second, third] = stamped(START, locked(1), locked(2));
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    assert.deepEqual(brokenRules([first, third]), ['event 2 has number 3']);
  });
});
