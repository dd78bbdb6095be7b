import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { inProcess } from './in-process.ts';
import { Workplace, type Ended } from './spawn.ts';

const OLD = { machine: 'old', pid: 12, startTime: '34', bootId: 'another' };
const KEY = '2026-11-23T10:05:00Z';

describe('runbook schedule release', () => {
  let place: Workplace;
  beforeEach(async () => {
    place = new Workplace();
    place.write({ '.config/runbook/config.yaml': 'schedules: { flags: { runbook: x, every: 1h } }\n' });
    const store = openSqliteStore(join(place.directory, 'state', 'runbook'));
    assert.ok(store.ok);
    const row = { key: KEY, state: 'running', runId: '01k00000000000000000000000', process: OLD } as const;
    store.value.schedules.take({ ...row, schedule: 'flags', decidedAt: KEY });
    store.value.schedules.take({ ...row, schedule: 'former', decidedAt: KEY });
    await store.value.close();
  });
  afterEach(() => {
    place.remove();
  });

  const schedule = (...argv: readonly string[]): Promise<Ended> => inProcess(place, ['schedule', ...argv]);

  it('ends what a process on another machine has in hand, as list and history say', async () => {
    const said = /running on old.*if process 12 there is dead: runbook schedule release flags/;
    assert.match((await schedule('list')).out, said);
    assert.match((await schedule('history', 'flags')).out, said);
    const { code, out } = await schedule('release', 'flags');
    assert.equal(code, 0);
    assert.match(out, /^flags 2026-11-23 \S+ is failed: \S+@\S+ released it from process 12 on old\n$/);
    assert.match((await schedule('history', 'flags')).out, /failed .* released it from process 12 on old\n$/);
    assert.doesNotMatch((await schedule('list')).out, /running/);
  });

  it('says when there is nothing to end, and knows those that are in the configuration no more', async () => {
    assert.equal((await schedule('release', 'former')).code, 0);
    await schedule('release', 'flags');
    assert.deepEqual(await schedule('release', 'flags'), {
      code: 0,
      out: 'No other machine has anything of flags in hand.\n',
      err: '',
    });
    assert.equal((await schedule('release', 'flag')).code, 64);
  });
});
