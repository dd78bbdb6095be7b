import { openSqliteStore } from '../../src/stores/sqlite.ts';

/** Opens a store in each of these directories, one after another at the same moments as other processes do; prints why one was not to be had. */
const [, , begin = '', ...directories] = process.argv;
for (const [index, directory] of directories.entries()) {
  const moment = Number(begin) + index * 40;
  while (Date.now() < moment);
  const store = openSqliteStore(directory);
  if (store.ok) await store.value.close();
  else process.stdout.write(`${store.error.message}\n`);
}
