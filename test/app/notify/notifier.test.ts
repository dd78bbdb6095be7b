import assert from 'node:assert/strict';
import { Notifier } from '../../../src/app/notify/notifier.ts';
import type { Site } from '../../../src/app/surroundings.ts';
import type { Notify } from '../../../src/model/configuration.ts';
import type { RunEvent } from '../../../src/model/event.ts';
import type { OccurrenceRecord } from '../../../src/model/occurrence.ts';
import { SYSTEM_CLOCK } from '../../../src/app/system-clock.ts';
import { bodyOf, closeServers, serve } from '../../notify/support/servers.ts';
import { MemoryOutbox } from '../../support/memory-outbox.ts';
import { NO_CONFIGURATION } from '../../support/no-configuration.ts';

const AT = { file: 'config.yaml', start: { line: 1, column: 1, offset: 0 }, end: { line: 1, column: 1, offset: 0 } };
const RUN_ID = '01kb00000000000000000000aa';

const EVENTS: readonly RunEvent[] = (
  [
    {
      type: 'run-started',
      mode: 'run',
      runbook: 'locks',
      runbookSha256: '',
      hosts: ['web01'],
      startedBy: { user: 'root', loginUser: '', machine: 'ctl1', reason: '', trigger: 'schedule' },
      version: '0',
    },
    {
      type: 'run-finished',
      exitCode: 32,
      durationMs: 1,
      counts: { unknown: 1 },
      hosts: { web01: { outcome: 'unknown', reason: 'lost', changes: 0 } },
    },
  ] as const
).map((event, index) => ({ ...event, runId: RUN_ID, seq: index + 1, at: '2026-11-23T03:00:00.000Z' }));

function rig(names: readonly string[], port: number, outbox = new MemoryOutbox()) {
  const notify = names.map((name): Notify => {
    const to = { kind: 'webhook', url: `http://127.0.0.1:${port}/${name}`, format: 'cloudevents', allow: [] } as const;
    return { name, to, on: ['needs-person'], when: {}, at: AT };
  });
  const site: Site = {
    environment: {},
    directory: '/',
    home: '/',
    user: 'root',
    siteDirectory: '/nowhere',
    configuration: { ...NO_CONFIGURATION, notify },
  };
  const tries: string[] = [];
  const notifier = new Notifier({
    site,
    secrets: {},
    store: { events: (runId) => (runId === RUN_ID ? EVENTS : []) },
    outbox,
    clock: SYSTEM_CLOCK,
    onTry: (receiver, { kind, note }) => tries.push(`${receiver}: ${kind}: ${note}`),
  });
  return { notifier, outbox, tries };
}

const FAILED: OccurrenceRecord = {
  schedule: 'apache-locks',
  key: '2026-11-23T03:00:00Z',
  state: 'failed',
  decidedAt: '2026-11-23T03:00:01Z',
  note: 'there is no inventory',
};

describe('Notifier', function () {
  this.timeout(20_000);
  let seen: { readonly path: string; readonly event: Readonly<Record<string, unknown>> }[];
  let port: number;
  beforeEach(async () => {
    seen = [];
    port = await serve((request, response) => {
      void bodyOf(request).then((body) => {
        seen.push({ path: request.url ?? '', event: JSON.parse(body) as Record<string, unknown> });
        response.end();
      });
    });
  });
  afterEach(closeServers);

  it('tells all of a run once, however often it is told', async () => {
    const { notifier, outbox } = rig(['a', 'b'], port);
    await notifier.tellOfRun(RUN_ID, () => undefined);
    await notifier.sendFor(10_000);
    const next = rig(['a', 'b'], port, outbox);
    await next.notifier.tellOfRun(RUN_ID, () => undefined);
    await next.notifier.sendFor(10_000);
    assert.deepEqual(seen.map(({ path, event }) => `${path} ${String(event['id'])}`).toSorted(), [
      `/a ${RUN_ID}/2`,
      `/b ${RUN_ID}/2`,
    ]);
  });

  it('tells nothing of a run that is not there', async () => {
    const { notifier, outbox } = rig(['a'], port);
    await notifier.tellOfRun('01kb00000000000000000000bb', () => undefined);
    assert.equal(outbox.nextTry(), undefined);
  });

  it('tells of occurrences that failed or were missed, and of no others', async () => {
    const { notifier } = rig(['a'], port);
    const SCHEDULE = { runbook: 'apache-accept-lock' };
    for (const state of ['running', 'ended', 'skipped', 'replaced', 'queued'] as const) {
      await notifier.tellOfOccurrence({ ...FAILED, key: `2026-11-23T0${state.length}:00:00Z`, state }, SCHEDULE);
    }
    await notifier.tellOfOccurrence(FAILED, SCHEDULE);
    await notifier.tellOfOccurrence({ ...FAILED, state: 'missed', count: 4, since: '2026-11-23T00:00:00Z' }, SCHEDULE);
    await notifier.sendFor(10_000);
    const told = seen.map(({ event }) => [event['type'], event['id'], event['subject']].join(' '));
    assert.deepEqual(told.toSorted(), [
      'dev.runbook.schedule.failed apache-locks/2026-11-23T03:00:00Z/failed apache-locks',
      'dev.runbook.schedule.missed apache-locks/2026-11-23T03:00:00Z/missed apache-locks',
    ]);
  });

  it('gives up what is for somebody who is no longer named, and what it does not know', async () => {
    const { outbox } = rig([], port);
    const createdAt = new Date().toISOString();
    outbox.put({ id: '1', receiver: 'gone', body: { type: 'test' }, createdAt });
    outbox.put({ id: '2', receiver: 'a', body: { type: 'of-tomorrow' }, createdAt });
    const { notifier, tries } = rig(['a'], port, outbox);
    await notifier.sendFor(10_000);
    assert.deepEqual(tries.toSorted(), [
      'a: never: it is of another version of runbook',
      'gone: never: nobody in the configuration is called gone',
    ]);
    assert.equal(outbox.givenUp('2000-01-01T00:00:00Z').length, 2);
    assert.deepEqual(seen, []);
  });
});
