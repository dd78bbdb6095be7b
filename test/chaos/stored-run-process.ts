import { writeFileSync } from 'node:fs';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { runInto } from './stored-run.ts';

/** A process of its own, so that its system calls can be made to fail: `node FILE STATE-DIRECTORY FILE-FOR-WHAT-CAME-OF-IT`. */
const [directory = '', out = ''] = process.argv.slice(2);
const store = openSqliteStore(directory, { mostBusyMs: 0 });
if (store.ok) {
  writeFileSync(out, JSON.stringify(await runInto(store.value)));
  await store.value.close();
} else writeFileSync(out, JSON.stringify({ end: 'refused', changes: {} }));
