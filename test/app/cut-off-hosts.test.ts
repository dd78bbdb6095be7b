import assert from 'node:assert/strict';
import { cutOffHosts } from '../../src/app/cut-off-hosts.ts';
import type { EventBody } from '../../src/model/event.ts';

const STEP = { phase: 'fix', step: 'one', execution: 'one.1', name: 'one', action: 'shell' } as const;
const ended = (host: string, parts: object = {}): EventBody => ({
  ...{ type: 'step-ended', host, ...STEP, status: 'failed', reason: 'cancelled', error: '', durationMs: 1 },
  cutOff: true,
  ...parts,
});

const hostsOf = (...bodies: readonly EventBody[]): readonly string[] =>
  cutOffHosts(bodies.map((body, index) => ({ runId: '01', seq: index + 1, at: '', ...body })));

describe('hosts on which an interrupt ended a step in the middle', () => {
  it('are told when that is proven, and no step failed or was lost by itself', () => {
    const reason = 'timeout';
    assert.deepEqual(hostsOf(ended('web01'), ended('web02', { status: 'unknown' }), ended('web03', { reason })), [
      'web01',
    ]);
    assert.deepEqual(hostsOf(ended('web01', { phase: 'rollback' })), []);
  });

  it('are none any more when they have come to another end since', () => {
    const end = { type: 'host-finished', host: 'web01', reason: '', findings: [], changes: 0 } as const;
    const stopped: EventBody = { ...end, outcome: 'not-repaired', interrupted: true };
    assert.deepEqual(hostsOf(ended('web01'), stopped), ['web01']);
    assert.deepEqual(hostsOf(ended('web01'), stopped, { ...end, outcome: 'rolled-back' }), []);
  });
});
