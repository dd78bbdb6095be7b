import type { DatabaseSync } from 'node:sqlite';
import { MOST_NOT_BEGUN, type Occurrence } from '../model/occurrence.ts';
import { isTimeOfSchedule } from '../model/occurrence-key.ts';

/** As the index `occurrences_not_begun` has it. */
const NOT_BEGUN = `state in ('skipped', 'missed', 'replaced')`;

/**
 * Makes one row of a time that is not begun and of the row right before it, when that was not begun for the same reason; and forgets
 * the oldest of a schedule that has too many. The caller has begun a transaction. A key that is gone stays decided on: the mark is
 * beyond it.
 */
export function foldNotBegun(database: DatabaseSync, { schedule, key }: Occurrence): void {
  const before = database
    .prepare(
      `select older.key, ifnull(older.count, 1) + ifnull(newer.count, 1) as both,
         ifnull(older.since, older.key) as since,
         older.state = newer.state and older.note is newer.note as same
       from occurrences as older, occurrences as newer
       where newer.schedule = :schedule and newer.key = :key and older.schedule = :schedule and older.key < :key
       order by older.key desc limit 1`,
    )
    .get({ ':schedule': schedule, ':key': key });
  const older = String(before?.['key']);
  if (before?.['same'] === 1 && isTimeOfSchedule(key) && isTimeOfSchedule(older)) {
    database.prepare('delete from occurrences where schedule = ? and key = ?').run(schedule, older);
    database
      .prepare('update occurrences set count = ?, since = ? where schedule = ? and key = ?')
      .run(Number(before['both']), String(before['since']), schedule, key);
  }
  database
    .prepare(
      `delete from occurrences where schedule = :schedule and ${NOT_BEGUN} and key <=
         (select key from occurrences where schedule = :schedule and ${NOT_BEGUN} order by key desc limit 1 offset :most)`,
    )
    .run({ ':schedule': schedule, ':most': MOST_NOT_BEGUN });
}
