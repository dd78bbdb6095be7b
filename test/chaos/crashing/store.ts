import type { ErrorInfo } from '../../../src/model/error.ts';
import type { Store } from '../../../src/model/store.ts';
import { openSqliteStore as open } from '../../../src/stores/sqlite.ts';
import { ok, type Result } from '../../../src/util/result.ts';
import { crashing } from './point.ts';

export * from '../../../src/stores/sqlite.ts';

/** In place of the real one, around it. */
export function openSqliteStore(...args: Parameters<typeof open>): Result<Store, ErrorInfo> {
  const store = open(...args);
  return store.ok ? ok(crashing(store.value, ['commit', 'close'])) : store;
}
