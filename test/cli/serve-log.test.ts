import assert from 'node:assert/strict';
import { serveLog } from '../../src/cli/serve-log.ts';
import type { TerminalStream } from '../../src/cli/terminal.ts';
import type { ServeEvent } from '../../src/server/serve-event.ts';
import { FakeClock } from '../support/fake-clock.ts';

describe('The log of serve', () => {
  const STARTED: ServeEvent = {
    level: 'info',
    type: 'started',
    message: 'begins',
    occurrence: { schedule: 'apache', key: '2026-01-01T00:05:00Z/01b' },
    runId: '01b',
  };

  it('has the time, the schedule and the run', () => {
    const line = '[dim 2026-01-01T00:00:00Z] apache 2026-01-01T00:05:00Z: begins (run 01b)\n';
    assert.equal(logged(STARTED), line);
    assert.match(logged({ ...STARTED, level: 'error' }), /\] \[bad apache .*\]\n$/);
    assert.match(logged({ ...STARTED, level: 'warning' }), /\] \[warn apache .*\]\n$/);
  });

  it('leaves the time to journald, and tells it the level', () => {
    const message = 'a\nb\x1b[31m';
    assert.equal(logged({ level: 'error', type: 'serve', message }, { isJournal: true }), '<3>a b\\x1b[31m\n');
  });

  it('is one object a line for programs', () => {
    assert.deepEqual(JSON.parse(logged(STARTED, { json: true })), { at: '2026-01-01T00:00:00.000Z', ...STARTED });
  });
});

function logged(event: ServeEvent, { json = false, isJournal = false } = {}): string {
  let text = '';
  const out: Pick<TerminalStream, 'style' | 'print'> = {
    style: (tone, shown) => `[${tone} ${shown}]`,
    print: (printed) => {
      text += printed;
    },
  };
  serveLog({ json, isJournal }, out, new FakeClock())(event);
  return text;
}
