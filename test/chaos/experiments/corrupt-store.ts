import assert from 'node:assert/strict';
import { existsSync, lstatSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Store } from '../../../src/model/store.ts';
import { checkSqliteStore } from '../../../src/stores/sqlite-check.ts';
import { openSqliteStore } from '../../../src/stores/sqlite.ts';
import { StoreUnreadable } from '../../../src/stores/store-unreadable.ts';
import { sha256 } from '../../../src/util/sha256.ts';
import { HARMS, harm } from '../corrupt-file.ts';
import { startCpuClock } from '../../support/cpu-clock.ts';
import type { Experiment } from '../experiment.ts';
import { contentOf, SampleStores, type Content } from '../sample-store.ts';

const MOST_MS = 2000;
const FILES = ['runbook.db', 'runbook.db', 'runbook.db-wal', 'runbook.db-shm'] as const;

/** One file of a store is harmed, then the store is opened, read and checked. */
export const experiment: Experiment = {
  promise: 'a damaged store is refused and not written to, or read without a lie that fsck does not find',
  rounds: { inTests: 60, long: 2000 },
  onHosts: false,
  prepare: async () => {
    const samples = new SampleStores();
    const whole = await samples.fill();
    return {
      round: (random) => {
        const directory = samples.copy(random.pick(['closed', 'killed']));
        const name = random.pick(FILES.filter((file) => existsSync(join(directory, file))));
        const kind = random.pick(Object.keys(HARMS));
        harm(join(directory, name), kind, random);
        const what = `${name}: ${kind}`;
        const spent = startCpuClock();
        const ended = judge(directory, whole, name, what);
        const tookMs = spent();
        assert.ok(tookMs < MOST_MS, `${what} took ${tookMs} ms of the processor`);
        rmSync(directory, { recursive: true });
        return Promise.resolve({ [ended]: 1 });
      },
      end: () => samples.remove(),
    };
  },
};

function judge(directory: string, whole: Content, name: string, what: string): string {
  const before = bytesOf(directory);
  const opened = openSqliteStore(directory);
  if (!opened.ok) {
    assert.equal(opened.error.code, 'store', what);
    assert.notEqual(opened.error.hint ?? '', '', what);
    assert.deepEqual(bytesOf(directory), before, `${what}: a store that is refused was written to`);
    assert.ok(hasFlaws(directory), `${what}: refused with ${opened.error.message}, and fsck finds nothing`);
    return 'refused';
  }
  const content = read(opened.value);
  void opened.value.close();
  if (content === undefined) return 'unreadable, and said so';
  if (JSON.stringify([...content.events]) === JSON.stringify([...whole.events])) return 'as it was';
  if (hasFlaws(directory)) return 'found by fsck';
  const isEarlier = name !== 'runbook.db' || !before.has(name) || content.runs.length === 0;
  assert.ok(isEarlier, `${what}: read as whole, and is not`);
  for (const [runId, events] of content.events)
    assert.deepEqual(events, whole.events.get(runId)?.slice(0, events.length), `${what}: not what it once was`);
  return 'as it was before, without its log';
}

function read(store: Store): Content | undefined {
  try {
    for (const { runId } of store.runs({ limit: 1000 })) {
      store.verify(runId);
      store.plan(runId);
      store.carriedOutBy(runId);
    }
    store.match('0run');
    store.attempts({ runbook: 'down', machines: ['machine-1'], since: '' });
    return contentOf(store);
  } catch (error) {
    assert.ok(error instanceof StoreUnreadable, String(error));
    return undefined;
  }
}

function hasFlaws(directory: string): boolean {
  const checked = checkSqliteStore(directory);
  return !checked.ok || (checked.value?.flaws.length ?? 0) > 0;
}

/** Of what a store consists; an empty log and the log's index are made anew by whoever reads. */
function bytesOf(directory: string): ReadonlyMap<string, string> {
  const files = ['runbook.db', 'runbook.db-wal'].map((name) => join(directory, name));
  const found = files.filter((file) => existsSync(file) && lstatSync(file).isFile() && lstatSync(file).size > 0);
  return new Map(
    found.map((file) => [file, `${lstatSync(file).mtimeMs} ${sha256(readFileSync(file).toString('latin1'))}`]),
  );
}
