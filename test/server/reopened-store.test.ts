import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreFault } from '../../src/model/store-fault.ts';
import { ReopenedStore } from '../../src/server/reopened-store.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { storeFile } from '../../src/stores/state-directory.ts';

describe('The store of serve', () => {
  const directory = mkdtempSync(join(tmpdir(), 'runbook-reopened-'));
  const file = storeFile(directory);
  const store = new ReopenedStore(() => openSqliteStore(directory), file);

  after(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it('is opened anew after a fault that lasts, and is never begun anew', async () => {
    const first = store.current;
    await store.mend(new StoreFault('busy', 'locked'));
    assert.equal(store.current, first, 'that passes');
    renameSync(file, `${file}.away`);
    await store.mend(new StoreFault('gone', 'gone'));
    assert.throws(() => store.current, /runbook\.db is gone: bring it back/);
    renameSync(`${file}.away`, file);
    assert.notEqual(store.current, first);
    assert.deepEqual(store.current.schedules.open(), []);
  });

  it('cannot be had where it cannot be opened', () => {
    const error = { code: 'store', message: 'it is damaged' } as const;
    const damaged = new ReopenedStore(() => ({ ok: false, error }), file);
    assert.throws(() => damaged.current, { name: 'StoreFault', message: 'it is damaged' });
  });
});
