import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent } from '../../src/model/event.ts';
import type { SharedStore } from '../../src/model/shared-store.ts';
import type { RunRecord, Store } from '../../src/model/store.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { oneHost } from '../support/down-runbook.ts';

/** What the events of a run that repaired one host look like, under another id; with more printed than one page holds. */
export async function sampleEvents(runId: string): Promise<readonly RunEvent[]> {
  const { rig, journal } = oneHost();
  await rig.go();
  return journal.events.map((event) => {
    const named = { ...event, runId };
    if (named.type !== 'evidence') return named;
    return { ...named, output: { ...named.output, text: `${runId} ${'printed '.repeat(named.seq * 60)}` } };
  });
}

/** All that can be read back from a store. */
export interface Content {
  readonly runs: readonly RunRecord[];
  readonly events: ReadonlyMap<string, readonly RunEvent[]>;
}

/** Stores of some runs on this disk, as they lie there when nobody has them open, and after a kill with much in the log. */
export class SampleStores {
  readonly #place = mkdtempSync(join(tmpdir(), 'runbook-sample-'));
  #made = 0;

  /** `closed` and `killed` can be copied from then on. */
  async fill(runs = 12): Promise<Content> {
    const directory = join(this.#place, 'open');
    mkdirSync(directory, { mode: 0o700 });
    const store = open(directory);
    for (let run = 1; run <= runs; run += 1)
      await Promise.all((await sampleEvents(`0run${run}`)).map((event) => store.commit(event)));
    const content = contentOf(store);
    cpSync(directory, join(this.#place, 'killed'), { recursive: true });
    await store.close();
    cpSync(directory, join(this.#place, 'closed'), { recursive: true });
    return content;
  }

  /** A copy of its own in a state directory. */
  copy(which: 'closed' | 'killed'): string {
    this.#made += 1;
    const directory = join(this.#place, String(this.#made));
    cpSync(join(this.#place, which), directory, { recursive: true });
    chmodSync(directory, 0o700);
    return directory;
  }

  remove(): void {
    rmSync(this.#place, { recursive: true });
  }
}

export function open(directory: string): SharedStore {
  const opened = openSqliteStore(directory);
  assert.ok(opened.ok, opened.ok ? '' : opened.error.message);
  return opened.value;
}

export function contentOf(store: Store): Content {
  const runs = store.runs({ limit: 1000 });
  return { runs, events: new Map(runs.map(({ runId }) => [runId, [...store.events(runId)]])) };
}
