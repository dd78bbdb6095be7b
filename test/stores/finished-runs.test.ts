import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { EventBody, RunStarted } from '../../src/model/event.ts';
import type { FinishedRun, FinishedRunQuery } from '../../src/model/finished-run.ts';
import type { FindingReport } from '../../src/model/result.ts';
import type { SharedStore } from '../../src/model/shared-store.ts';
import { checkSqliteStore } from '../../src/stores/sqlite-check.ts';
import { open, sampleEvents } from '../chaos/sample-store.ts';

const started: RunStarted = {
  type: 'run-started',
  mode: 'run',
  runbook: 'locks',
  runbookSha256: 'ab',
  hosts: ['web01', 'web02'],
  startedBy: { user: 'root', loginUser: 'ann', machine: 'ctl', reason: '', trigger: 'schedule' },
  version: '0.1.0',
};
const finished: EventBody = { type: 'run-finished', exitCode: 0, durationMs: 5, counts: {}, hosts: {} };

const reportOf = (name: string, state: FindingReport['state']): FindingReport => ({
  name,
  state,
  severity: 'problem',
  summary: state === 'absent' ? '' : `${name} is there`,
  advice: 'look',
});
const foundOf = (name: string) => ({ name, state: 'present', severity: 'problem', summary: `${name} is there` });

const findings = (host: string, moment: 'survey' | 'proof', ...found: readonly FindingReport[]): EventBody => ({
  type: 'findings-evaluated',
  host,
  machine: `machine of ${host}`,
  moment,
  applies: true,
  findings: found,
});
const ended = (host: string, interrupted = false): EventBody => ({
  type: 'host-finished',
  host,
  outcome: 'healthy',
  reason: 'no finding',
  findings: [],
  changes: 0,
  ...(interrupted && { interrupted }),
});

describe('what the store tells over many runs', () => {
  let directory: string;
  let store: SharedStore;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'runbook-finished-'));
    chmodSync(directory, 0o700);
    store = open(directory);
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  const timeOf = (minute: number, seq: number): string =>
    `2026-03-01T10:${String(minute).padStart(2, '0')}:${String(seq).padStart(2, '0')}.000Z`;

  async function write(runId: string, bodies: readonly EventBody[], minute = 0): Promise<void> {
    const events = bodies.map((body, index) => ({ runId, seq: index + 1, at: timeOf(minute, index + 1), ...body }));
    await Promise.all(events.map((event) => store.commit(event)));
  }
  const told = (query: Partial<FinishedRunQuery> = {}): readonly FinishedRun[] => [
    ...store.finishedRuns({ since: '2026-01-01T00:00:00Z', ...query }),
  ];
  const ids = (query?: Partial<FinishedRunQuery>): readonly string[] => told(query).map(({ runId }) => runId);

  it('has of a repaired host what was found, planned and done, and that it is gone', async () => {
    const events = await sampleEvents('0run1');
    await Promise.all(events.map((event) => store.commit(event)));
    const [run, ...more] = told({ since: '1970-01-01T00:00:00Z' });
    assert.deepEqual(more, []);
    assert.ok(run !== undefined);
    assert.deepEqual(run.started, events[0]);
    const [host, ...others] = run.hosts;
    assert.ok(host !== undefined);
    assert.deepEqual([host.host, host.outcome, others.length], ['web01', 'repaired', 0]);
    const seen = events.filter((event) => event.type === 'findings-evaluated');
    assert.deepEqual([host.survey?.seq, host.last?.seq], [seen[0]?.seq, seen.at(-1)?.seq]);
    assert.deepEqual(
      host.survey?.findings.map(({ name, state }) => `${name} ${state}`),
      ['down present'],
    );
    assert.deepEqual(host.last?.findings, []);
    assert.deepEqual(
      [host.planned, host.done].map((steps) => steps.map(({ step }) => step)),
      [
        ['free', 'start'],
        ['free', 'start'],
      ],
    );
    assert.ok(host.machine !== undefined && host.machine.length > 0);
  });

  it('leaves out findings that are absent, and hosts of an exec', async () => {
    const found = [reportOf('down', 'present'), reportOf('full', 'absent'), reportOf('odd', 'undetermined')];
    await write('r1', [started, findings('web01', 'survey', ...found), ended('web01'), ended('web02'), finished]);
    await write('r2', [{ ...started, mode: 'exec' }, ended('web01'), finished], 1);
    const [run, ...more] = told();
    assert.deepEqual(more, []);
    const end = { outcome: 'healthy', reason: 'no finding', planned: [], done: [] } as const;
    const odd = { ...foundOf('odd'), state: 'undetermined' };
    assert.deepEqual(run?.hosts, [
      {
        host: 'web01',
        machine: 'machine of web01',
        survey: { at: timeOf(0, 2), seq: 2, findings: [foundOf('down'), odd] },
        ...end,
        endedAt: timeOf(0, 3),
      },
      { host: 'web02', ...end, endedAt: timeOf(0, 4) },
    ]);
  });

  it('has runs that ended only, in the order of their starts, since a time, of a runbook, of a host', async () => {
    await write('r3', [started, ended('web01'), finished], 3);
    await write('r1', [{ ...started, runbook: 'disks' }, ended('web02'), finished], 1);
    await write('r2', [started, ended('web01')], 2);
    assert.deepEqual(ids(), ['r1', 'r3']);
    assert.deepEqual(ids({ since: timeOf(2, 0) }), ['r3']);
    assert.deepEqual(ids({ runbook: 'disks' }), ['r1']);
    assert.deepEqual(ids({ host: 'web01' }), ['r3']);
    assert.deepEqual(ids({ host: 'web03' }), []);
  });

  it('tells the plan of a schedule in mode shadow from that of a person', async () => {
    const shadow: RunStarted = { ...started, mode: 'plan', startedBy: { ...started.startedBy, shadow: true } };
    await write('r1', [{ ...started, mode: 'plan' }, ended('web01'), finished], 1);
    await write('r2', [shadow, ended('web01'), finished], 2);
    assert.deepEqual(
      store.runs({ limit: 5 }).map(({ runId, isShadow }) => [runId, isShadow]),
      [
        ['r2', true],
        ['r1', undefined],
      ],
    );
    assert.deepEqual(
      told().map((run) => run.started.startedBy.shadow),
      [undefined, true],
    );
  });

  it('keeps the first diagnosis of a host when another session goes on, and says that it was interrupted until then', async () => {
    const beginning = [
      started,
      findings('web01', 'survey', reportOf('down', 'present')),
      ended('web01', true),
      finished,
    ];
    await write('r1', beginning);
    assert.equal(told()[0]?.hosts[0]?.interrupted, true);
    const { startedBy, version } = started;
    const process = { machine: 'ctl', pid: 1, startTime: '1', bootId: 'b' };
    const resumed: EventBody = {
      type: 'run-resumed',
      session: 2,
      how: 'resume',
      hosts: ['web01'],
      startedBy,
      process,
      version,
    };
    const rest = [resumed, findings('web01', 'survey'), ended('web01'), finished];
    const events = rest.map((body, index) => ({ runId: 'r1', seq: index + 5, at: timeOf(1, index), ...body }));
    for (const event of events) await store.commit(event);
    const [host] = told()[0]?.hosts ?? [];
    assert.deepEqual([host?.survey?.seq, host?.last?.seq, host?.interrupted], [2, 6, undefined]);
  });

  it('is made of the events of a store from before it was kept', async () => {
    for (const runId of ['0run1', '0run2']) for (const event of await sampleEvents(runId)) await store.commit(event);
    const before = told({ since: '1970-01-01T00:00:00Z' });
    await store.close();
    const database = new DatabaseSync(join(directory, 'runbook.db'));
    for (const table of ['schedules', 'occurrences', 'outbox', 'host_runs']) database.exec(`drop table ${table}`);
    database.exec('pragma user_version = 3');
    database.close();
    store = open(directory);
    assert.equal(before.length, 2);
    assert.deepEqual(told({ since: '1970-01-01T00:00:00Z' }), before);
    const checked = checkSqliteStore(directory);
    assert.deepEqual(checked.ok && checked.value?.flaws, []);
  });

  it('is found edited by the check of the record', async () => {
    await write('r1', [started, findings('web01', 'survey', reportOf('down', 'present')), ended('web01'), finished]);
    await store.close();
    const database = new DatabaseSync(join(directory, 'runbook.db'));
    database.exec(`update host_runs set found = '[]'`);
    database.close();
    store = open(directory);
    assert.deepEqual(store.verify('r1'), [
      { runId: 'r1', message: 'what a report says of its hosts is not what its events say' },
    ]);
  });
});
