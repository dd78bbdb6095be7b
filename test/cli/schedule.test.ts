import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import type { OccurrenceRecord } from '../../src/model/occurrence.ts';
import { FLAG_MISSING } from './flag-missing.ts';
import { inProcess } from './in-process.ts';
import { Workplace, type Ended } from './spawn.ts';

const RUNBOOK = `${FLAG_MISSING}hosts: here
limits: { cooldown: 0s }
`;

describe('runbook schedule', function () {
  this.timeout(60_000);
  let place: Workplace;
  let flag: string;

  const zone = process.env['TZ'];

  before(() => {
    process.env['TZ'] = 'UTC';
  });
  after(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });
  beforeEach(() => {
    place = new Workplace();
    flag = join(place.directory, 'flag');
    place.write({
      'runbooks/flag-missing.yaml': RUNBOOK,
      'runbooks/broken.yaml': 'runbook: broken\n',
      'inventory.yaml': 'all: { hosts: { here: { ansible_connection: local } } }\n',
      '.config/runbook/config.yaml': `schedules:
  flags: { runbook: flag-missing, every: 1h, params: { flag: ${flag} } }
  watched: { runbook: flag-missing, cron: '*/30 2 * * *', timezone: Europe/Berlin, mode: shadow, params: { flag: ${flag} } }
  broken: { runbook: broken, hosts: all, cron: '@daily', timezone: UTC, jitter: 1h }
  off: { runbook: flag-missing, every: 1d, paused: true }
`,
    });
  });
  afterEach(() => {
    place.remove();
  });

  const schedule = (...argv: readonly string[]): Promise<Ended> => inProcess(place, ['schedule', ...argv]);
  const json = async <T>(...argv: readonly string[]): Promise<readonly T[]> => {
    const { out } = await schedule(...argv, '--json');
    return out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]));
  };
  const refused = async (...argv: readonly string[]): Promise<readonly [number | null, string]> => {
    const { code, out, err } = await schedule(...argv);
    assert.equal(out, '');
    return [code, err];
  };

  it('runs one out of turn, repairs what is broken, and keeps it as an occurrence of its own', async () => {
    const { code, out, err } = await place.runbook(['schedule', 'run', 'flags']);
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^flag-missing: 1 repaired \(here\)\n/);
    assert.ok(existsSync(flag));
    assert.deepEqual(await schedule('run', 'flags'), { code: 0, out: '', err: '' });
    const [second, first] = await json<OccurrenceRecord>('history', 'flags');
    assert.deepEqual([first?.state, first?.exitCode, second?.state, second?.exitCode], ['ended', 0, 'ended', 0]);
    assert.match(first?.key ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\/[0-9a-z]{26}$/);
    assert.ok(first?.key.endsWith(`/${first.runId ?? 'none'}`));
    const shown = await place.runbook(['show', first?.runId ?? '']);
    assert.match(shown.out, /\(schedule\)[^]*schedule flags, /);
    assert.match((await schedule('history')).out, /flags {5}ended 0 {2}\S+ {2}out of turn\n/);
  });

  it('changes nothing where it only watches, and tells what it would do', async () => {
    const { code, out } = await schedule('run', 'watched');
    assert.equal(code, 2);
    assert.match(out, /would act on 1 of 1 host/);
    assert.ok(!existsSync(flag));
  });

  it('says why one cannot begin, with the exit code of run, and keeps that', async () => {
    const { code, err } = await schedule('run', 'broken');
    assert.equal(code, 65);
    assert.match(err, /runbooks\/broken\.yaml:1:1/);
    const [row] = await json<OccurrenceRecord>('history', 'broken');
    assert.equal(row?.state, 'failed');
    assert.match(row.note ?? '', /broken\.yaml:1: /);
  });

  it('lists each with its next time, how its last one ended, and what is wrong with it', async () => {
    await schedule('run', 'flags');
    await schedule('pause', 'watched', '--reason', 'moving racks', '--until', '2099-01-01T00:00');
    const { code, out } = await schedule('list');
    assert.equal(code, 0);
    const rows = out.trimEnd().split('\n');
    assert.match(rows[0] ?? '', /^NAME +RUNBOOK +HOSTS +WHEN +NEXT +LAST$/);
    assert.match(rows[1] ?? '', /^flags +flag-missing +here +every 1h +\d{4}-\d\d-\d\d \d\d:00:00 +ended 0, \d+s ago$/);
    assert.match(
      rows[2] ?? '',
      /^watched +flag-missing +here +\*\/30 2 \* \* \* Europe\/Berlin +2099-01-01 01:00:00 +paused by \S+ until 2099-01-01 00:00:00: moving racks; shadow$/,
    );
    assert.match(rows[3] ?? '', /^broken +broken +all +0 0 \* \* \*|@daily .* broken cannot be used: runbook lint /);
    assert.match(rows[4] ?? '', /^off +flag-missing +here +every 1d +paused in the configuration$/);
    const [flags, watched] = await json<Record<string, unknown>>('list');
    assert.deepEqual([flags?.['name'], flags?.['every'], flags?.['open']], ['flags', '1h', []]);
    assert.deepEqual([watched?.['mode'], watched?.['next']], ['shadow', '2099-01-01T01:00:00.000Z']);
  });

  it('names no time again that was decided on before the clock was put back', async () => {
    const hour = 60 * 60_000;
    const decided = Math.ceil(Date.now() / hour) * hour;
    const store = openSqliteStore(join(place.directory, 'state', 'runbook'));
    assert.ok(store.ok);
    store.value.schedules.decideUpTo('flags', decided);
    store.value.schedules.decideUpTo('off', decided + 30 * 24 * hour);
    await store.value.close();
    const next = new Date(decided + hour).toISOString();
    const [flags] = await json<Record<string, unknown>>('list');
    assert.equal(flags?.['next'], next);
    const [time] = await json<Record<string, unknown>>('next', 'flags', '--count', '1');
    assert.equal(time?.['start'], next);
    const [corrected] = await json<Record<string, unknown>>('next', 'off', '--count', '1');
    assert.ok(Date.parse(String(corrected?.['start'])) <= decided + 24 * hour, 'a clock that was wrong is set aside');
  });

  it('shows the next times in both zones, with the jitter that they have', async () => {
    const { out, err } = await schedule('next', 'watched', '-n', '2');
    const [head, first, ...rest] = out.trimEnd().split('\n');
    assert.match(head ?? '', /^EUROPE\/BERLIN +UTC$/);
    assert.match(first ?? '', /^\S+ 02:[03]0:00 \+0[12]:00 {2}\S+ 0[01]:[03]0:00 \+00:00 {2}in \d+[dhms]/);
    assert.deepEqual([rest.length, err], [1, '']);
    const late = await schedule('next', 'broken');
    assert.match(late.err, /^Each is \S+ later than the schedule says: its jitter\.\n$/);
    assert.equal(late.out.trimEnd().split('\n').length, 6);
    const [time] = await json<Record<string, unknown>>('next', 'broken', '--count', '1');
    assert.match(String(time?.['time']), /T00:00:00Z$/);
    assert.match(String(time?.['start']), /T00:\d\d:\d\d\.000Z$/);
    assert.match((await schedule('next', 'off')).err, /^It is paused in the configuration; /);
  });

  it('lets no timer do anything while it is paused, and no mail come of that', async () => {
    const timed = ['run', 'flag-missing', '--yes', '--on-schedule', 'flags', '--param', `flag=${flag}`];
    const metrics = join(place.directory, 'flags.prom');
    await schedule('pause', 'flags', '--reason', 'moving racks');
    assert.deepEqual(await inProcess(place, [...timed, '--metrics-file', metrics]), { code: 0, out: '', err: '' });
    assert.match((await inProcess(place, [...timed, '-v'])).err, /^flags is paused by \S+: moving racks\n$/);
    assert.equal(existsSync(flag) || existsSync(metrics), false);
    await schedule('resume', 'flags');
    assert.match((await inProcess(place, timed)).out, /1 repaired/);
    assert.ok(existsSync(flag));
  });

  it('takes the words of a timer for its own only where nobody types them', async () => {
    const timed = ['run', 'flag-missing', '--yes', '--json', '--on-schedule', 'flags', '--param', `flag=${flag}`];
    for (const isInteractive of [false, true]) {
      const { out } = await inProcess(place, timed, { isInteractive });
      const first = JSON.parse(out.split('\n')[0] ?? '') as { readonly startedBy?: { readonly trigger?: string } };
      assert.equal(first.startedBy?.trigger, isInteractive ? 'person' : 'schedule', out.slice(0, 400));
    }
  });

  it('pauses one until it is resumed, and says who did it', async () => {
    const paused = await schedule('pause', 'flags', '--reason', 'moving racks');
    assert.match(paused.out, /^flags is paused by \S+@\S+: moving racks \(runbook schedule resume flags/);
    const again = await schedule('pause', 'flags', '--reason', 'still', '--until', '2h');
    assert.match(again.err, /^It was paused by \S+: moving racks\n$/);
    const run = await schedule('run', 'flags', '-v');
    assert.equal(run.code, 0);
    assert.match(run.err, /flags is paused by \S+ until .*: still; this is out of turn\n/);
    assert.match((await schedule('resume', 'flags')).out, /^flags is no longer paused by \S+ until .*: still\n$/);
    assert.deepEqual(await schedule('resume', 'flags'), { code: 0, out: 'flags is not paused.\n', err: '' });
    const [code, err] = await refused('resume', 'off');
    assert.equal(code, 16);
    assert.match(err, /config\.yaml:5\n$/);
    const [bad, why] = await refused('pause', 'flags', '--reason', 'x', '--until', '2000-01-01');
    assert.deepEqual([bad, why.split('\n')[0]], [64, 'error: --until 2000-01-01 is past']);
    assert.equal((await refused('pause', 'flags'))[0], 64);
  });

  it('suggests the name that was meant', async () => {
    for (const [word = '', ...more] of [['run'], ['pause', '--reason', 'x'], ['history']])
      assert.deepEqual(await refused(word, 'flag', ...more), [
        64,
        'error: there is no schedule "flag"\nhint:  did you mean flags?\n',
      ]);
    assert.deepEqual(await schedule('history'), { code: 0, out: '', err: 'Nothing was due yet.\n' });
  });
});
