import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { openResumableRun } from '../../../src/app/resumable-run.ts';
import { openSavedPlan } from '../../../src/app/saved-plan.ts';
import type { RunEvent } from '../../../src/model/event.ts';
import type { Store } from '../../../src/model/store.ts';
import { bodyOf, chainHash, textOf } from '../../../src/stores/chain.ts';
import { DerivedRows } from '../../../src/stores/derived-rows.ts';
import { EventRows } from '../../../src/stores/event-rows.ts';
import { SqliteReader } from '../../../src/stores/sqlite-reader.ts';
import { migrate } from '../../../src/stores/sqlite-schema.ts';
import { StoreUnreadable } from '../../../src/stores/store-unreadable.ts';
import { verifyRun } from '../../../src/stores/verify-run.ts';
import { oneHost } from '../../support/down-runbook.ts';
import type { Parser } from '../parser.ts';

const RUN = '0run1';
const NOW = Date.parse('2026-01-02T00:00:00Z');
const EVENTS = await eventsOfARun();
const BODIES = EVENTS.map(bodyOf);

/** What the store gives back, which somebody or a failing disk may have edited. */
export const RECORD: readonly Parser[] = [
  {
    name: 'record of a run',
    corpus: [BODIES.join('\n')],
    words: [
      ...[
        '"seq":',
        '"type":"',
        '"runId":"',
        'null',
        'true',
        '{}',
        '[]',
        '{"',
        '"}',
        '[',
        ']',
        ',',
        ':',
        '\n',
        '0',
        '-1',
        '1e400',
      ],
      ...[
        '"type":"approved"',
        '"type":"run-finished"',
        '"type":"host-finished"',
        '"host":',
        '"selection":',
        '"__proto__":',
      ],
      ...['"process":', '"output":', '\\u0000', '\\ud800', '\0', '\u001b[2J'],
    ],
    cap: 300_000,
    check: checkRecord,
  },
];

async function eventsOfARun(): Promise<readonly RunEvent[]> {
  const { rig, journal } = oneHost();
  await rig.go();
  return journal.events.map((event) => ({ ...event, runId: RUN }));
}

/** Each line in the place of the body of an event. Who edits the file may not know of the hashes, or make them anew. */
async function checkRecord(text: string): Promise<unknown> {
  const isForged = text.length % 2 === 0;
  fill(text.split('\n'), isForged);
  const reader = new SqliteReader(DATABASE);
  const flaws = verifyRun(DATABASE, RUN, DERIVED);
  for (const { message } of flaws) assert.notEqual(message.trim(), '');
  const runs = orUnreadable(() => reader.runs({ limit: 5 }));
  const plan = orUnreadable(() => reader.plan(RUN)?.runId);
  if (isForged) return [flaws, runs, plan];
  assert.equal(flaws.length === 0, text === BODIES.join('\n'), 'an edited record is whole');
  if (flaws.length === 0) return [];
  const store = { ...STORE, events: () => reader.events(RUN) } as unknown as Store;
  for (const opened of [
    orUnreadable(() => openSavedPlan(RUN, store, NOW)),
    orUnreadable(() => openResumableRun(RUN, { how: 'resume', takenOver: true }, store, () => 'gone')),
  ])
    assert.ok(opened === undefined || !opened.ok, 'what was edited is gone on with');
  return [flaws, runs, plan];
}

const DATABASE = new DatabaseSync(':memory:');
const DERIVED = new DerivedRows();
migrate(DATABASE);
const ROWS = new EventRows(DATABASE);
for (const event of EVENTS) ROWS.add(event);
const HASHES = DATABASE.prepare('select hash from events order by seq')
  .all()
  .map(({ hash }) => String(hash));
const INSERT = DATABASE.prepare('insert into events (run_id, seq, type, body, hash) values (?, ?, ?, ?, ?)');

const STORE = {
  match: () => [RUN],
  runs: () => [],
  carriedOutBy: () => undefined,
  plan: () => new SqliteReader(DATABASE).plan(RUN),
  verify: () => verifyRun(DATABASE, RUN, DERIVED),
};

function fill(bodies: readonly string[], isForged: boolean): void {
  DATABASE.exec('begin; delete from events');
  let before = RUN;
  for (const [index, line] of bodies.entries()) {
    const body = line.replaceAll('\0', '');
    const event = EVENTS[index];
    before = isForged
      ? chainHash(before, body, event === undefined ? '' : textOf(event))
      : (HASHES[index] ?? HASHES[0] ?? '');
    INSERT.run(RUN, index + 1, event?.type ?? 'step-ended', body, before);
  }
  DATABASE.exec('commit');
}

/** What cannot be read is told by that error, and by no other. */
function orUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    assert.ok(error instanceof StoreUnreadable, error instanceof Error ? error.stack : String(error));
    return undefined;
  }
}
