import { stateDirectory, type Site } from '../app/surroundings.ts';
import { because } from '../app/trouble.ts';
import type { SharedStore } from '../model/shared-store.ts';
import { StoreFault } from '../model/store-fault.ts';
import { openSqliteStore } from '../stores/sqlite.ts';
import { StoreUnreadable } from '../stores/store-unreadable.ts';
import { siteOf } from './open-site.ts';
import type { JsonOption } from './options.ts';
import { printTrouble } from './print-trouble.ts';
import { storeTrouble } from './store-trouble.ts';
import type { Terminal } from './terminal.ts';

/** Does something with the schedules of the configuration and what the record has of them; the exit code. */
export async function withSchedules(
  options: JsonOption,
  terminal: Terminal,
  work: (site: Site, store: SharedStore) => number,
): Promise<number> {
  const json = options.json === true;
  const site = siteOf(terminal, options);
  if (!site.ok) return site.error;
  const store = openSqliteStore(stateDirectory(site.value));
  if (!store.ok) return printTrouble(because(store.error), terminal, json);
  try {
    return work(site.value, store.value);
  } catch (cause) {
    if (!(cause instanceof StoreFault) || cause instanceof StoreUnreadable) throw cause;
    return printTrouble(storeTrouble(cause), terminal, json);
  } finally {
    await store.value.close();
  }
}
