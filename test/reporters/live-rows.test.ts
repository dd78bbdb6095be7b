import assert from 'node:assert/strict';
import type { EventBody } from '../../src/model/event.ts';
import { HostStories, type HostStory } from '../../src/reporters/host-story.ts';
import { liveRows } from '../../src/reporters/live-rows.ts';
import { PLAIN } from '../../src/util/style.ts';
import { FACTS } from '../support/scripted-host.ts';
import { hostFinished, intended, runStarted, stamped } from './events.ts';

const options = { columns: 80, rows: 24, style: PLAIN, frame: 0 };

function storiesOf(...events: readonly EventBody[]): readonly HostStory[] {
  const stories = new HostStories();
  for (const event of stamped(...events)) stories.accept(event);
  return [...stories.byHost.values()];
}

describe('the rows of the live view', () => {
  it('shows what each host does, or how it ended', () => {
    const rows = liveRows(
      storiesOf(
        runStarted('web01', 'db1'),
        intended('web01'),
        hostFinished('db1', 'unreachable', 'connection refused'),
      ),
      options,
    );
    assert.deepEqual(rows, [
      '  ⠋ web01  connect         Remove leaked semaphore sets',
      '  ✖ db1    unreachable     connection refused',
    ]);
  });

  it('shows what a host waits for, and goes back to no earlier stage when it is connected and locked again', () => {
    const connection = { what: 'connection', reason: 'the connection broke', forMs: 60_000 } as const;
    const lock = { what: 'lock', reason: 'locked by run 01kb of disk-full', forMs: 300_000 } as const;
    const connected = { type: 'host-connected', host: 'web01', facts: FACTS } as const;
    const locked = { type: 'lock-taken', host: 'web01', incarnation: 'i1', epoch: 1_000_001 } as const;
    const begun: readonly EventBody[] = [runStarted('web01'), connected];
    const waiting = liveRows(storiesOf(...begun, { type: 'host-waiting', host: 'web01', ...lock }), options);
    assert.deepEqual(waiting, ['  ⠋ web01  diagnose        waiting up to 5m: locked by run 01kb of disk-full']);
    const fixing: readonly EventBody[] = [...begun, locked, { type: 'phase-started', host: 'web01', phase: 'fix' }];
    const broken: readonly EventBody[] = [...fixing, { type: 'host-waiting', host: 'web01', ...connection }];
    assert.deepEqual(liveRows(storiesOf(...broken), options), [
      '  ⠋ web01  fix             the connection broke; connecting again, for up to 1m',
    ]);
    assert.deepEqual(liveRows(storiesOf(...broken, connected, locked), options), [
      '  ⠋ web01  fix             connected again',
    ]);
  });

  it('shows of an exec who waits for the others, and where the command is at work', () => {
    const exec = {
      host: 'web02',
      phase: 'exec',
      step: 'exec',
      execution: 'exec.1',
      name: 'exec',
      action: 'shell',
    } as const;
    const rows = liveRows(
      storiesOf(
        { ...runStarted('web01', 'web02'), mode: 'exec' } as EventBody,
        { type: 'host-connected', host: 'web01', facts: FACTS },
        { type: 'step-started', ...exec },
      ),
      options,
    );
    assert.deepEqual(rows, ['  ⠋ web01  connected', '  ⠋ web02  exec']);
  });

  it('keeps every row on one line of the terminal, however long and odd the text', () => {
    const rows = liveRows(
      storiesOf(runStarted('web01'), hostFinished('web01', 'unknown', '漢字'.repeat(80) + '\n\u001b[2J')),
      options,
    );
    assert.equal(rows.length, 1);
    const [row = ''] = rows;
    const columns = [...row].reduce((sum, character) => sum + (/\p{Script=Han}/u.test(character) ? 2 : 1), 0);
    assert.ok(columns <= 80, `${columns} columns`);
    assert.doesNotMatch(row, /[\n\u001b]/);
  });

  it('counts hosts that do not fit, and keeps those in view that change or failed', () => {
    const hosts = Array.from({ length: 100 }, (_, index) => `h${index}`);
    const ends = hosts.slice(0, 98).map((host) => hostFinished(host, host === 'h5' ? 'unreachable' : 'healthy'));
    const rows = liveRows(storiesOf(runStarted(...hosts), ...ends), options);
    assert.equal(rows.length, 16);
    for (const host of ['h5', 'h98', 'h99'])
      assert.ok(
        rows.some((row) => row.includes(`${host} `)),
        host,
      );
    assert.match(rows.at(-1) ?? '', /and 85 more: 97 healthy, 1 unreachable, 2 at work/);
  });

  it('survives a terminal of no size', () => {
    assert.equal(liveRows(storiesOf(runStarted('a')), { ...options, columns: 0, rows: 0 }).length, 1);
  });
});
