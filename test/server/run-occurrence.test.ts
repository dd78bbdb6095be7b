import assert from 'node:assert/strict';
import { because, noteOf } from '../../src/app/trouble.ts';
import { endEvent } from '../../src/server/end-event.ts';
import { settlementOf, type OccurrenceEnd } from '../../src/server/run-occurrence.ts';

describe('The end of an occurrence', () => {
  const of = { schedule: 'apache', key: '2026-01-01T00:05:00Z', runId: '01b' };
  const NOW = Date.UTC(2026, 0, 1);

  it('is that of its run', () => {
    const end = ended('ended', 0);
    const settlement = settlementOf(end, NOW);
    assert.deepEqual(settlement, { state: 'ended', endedAt: '2026-01-01T00:00:00.000Z', exitCode: 0 });
    const { level, message } = endEvent(of, end, settlement);
    assert.deepEqual([level, message], ['info', 'ended with exit code 0: 2 repaired, 1 healthy']);
    assert.equal(endEvent(of, ended('ended', 2), settlement).level, 'warning');
  });

  it('is open while its run was left in its middle, or the store failed', () => {
    const end = ended('interrupted', 143);
    assert.equal(settlementOf(end, NOW), undefined);
    assert.match(endEvent(of, end, undefined).message, /^interrupted with exit code 143, to be gone on with: /);
    const left: OccurrenceEnd = { kind: 'left', error: { code: 'store', message: 'no room' } };
    assert.equal(settlementOf(left, NOW), undefined);
    assert.equal(endEvent(of, left, undefined).message, 'no room');
  });

  it('has the exit code that the command line would have, and why no run could begin', () => {
    const error = { code: 'usage', message: 'no host is chosen', hint: 'choose some\nor others' } as const;
    const end: OccurrenceEnd = { kind: 'failed', trouble: because(error) };
    const settlement = settlementOf(end, NOW);
    assert.deepEqual([settlement?.state, settlement?.exitCode], ['failed', 64]);
    assert.equal(settlement?.note, 'no host is chosen (choose some)');
    const { level, message } = endEvent(of, end, settlement);
    assert.deepEqual([level, message], ['error', 'no run could begin: no host is chosen (choose some)']);
  });

  it('names the place of what is wrong in a file', () => {
    const start = { line: 7, column: 1, offset: 0 };
    const at = { file: 'heal.yaml', start, end: start };
    const wrong = { severity: 'error', code: 'E_REF', message: 'there is no step x', at } as const;
    const warning = { ...wrong, severity: 'warning', message: 'not that' } as const;
    assert.equal(noteOf({ diagnostics: [warning, wrong], sources: [], errors: [] }), 'heal.yaml:7: there is no step x');
  });
});

function ended(kind: 'ended' | 'interrupted', exitCode: number): OccurrenceEnd {
  const finished = { type: 'run-finished', exitCode, durationMs: 5, counts: { repaired: 2, healthy: 1 }, hosts: {} };
  return { kind, end: { runId: '01b', finished }, prepared: {} } as unknown as OccurrenceEnd;
}
