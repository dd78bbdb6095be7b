import type { Fields, ObjectType, ValuesOf } from '../../model/type.ts';
import { formatDuration } from '../../util/duration.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { excerpt } from './sections.ts';
import { describeVerdict, isOrphan, VERDICT } from './semaphore-rules.ts';
import { timestampOf } from './timestamps.ts';

export const SEMAPHORE_SET = {
  kind: 'object',
  name: 'SemaphoreSet',
  key: 'id',
  fields: {
    id: { type: { kind: 'int' }, description: 'Its semid.' },
    key: { type: { kind: 'int' }, description: 'Its key; 0 when private.' },
    owner: { type: { kind: 'string' }, description: 'Name of its owner; the uid when it has no name.' },
    uid: { type: { kind: 'int' }, description: 'Uid of its owner.' },
    mode: { type: { kind: 'string' }, description: 'Permissions, such as `0600`.' },
    semaphores: { type: { kind: 'int' }, description: 'How many semaphores it holds.' },
    last_pid: {
      type: { kind: 'int' },
      description:
        'Pid of the last semop or SETVAL; of a set of several, of the highest semaphore that has one; 0 when unknown.',
    },
    waiting: { type: { kind: 'int' }, description: 'How many processes wait on it.' },
    otime: { type: { kind: 'timestamp' }, description: 'Last semop; 1970 when there was none.' },
    ctime: { type: { kind: 'timestamp' }, description: 'Created, or last changed by semctl.' },
    age: { type: { kind: 'duration' }, description: 'Time since `ctime`.' },
    reason: { type: { kind: 'string' }, description: 'Why it is orphaned, or why it is not.' },
  },
} as const satisfies ObjectType & { readonly fields: Fields };

export type SemaphoreSet = ValuesOf<typeof SEMAPHORE_SET.fields>;

export interface ReadSet {
  readonly set: SemaphoreSet;
  readonly orphan: boolean;
}

const ROW = /^(\d+) (-?\d+) ([0-7]{1,4}) (\d+) (\d+) (\d+) (\d+) (\d+|-) (\d+|-) (.+)$/;

/** Reads `ID KEY MODE NSEMS UID OTIME CTIME LAST WAITING VERDICT`. A line `! WHY` is the host's complaint. */
export function readSet(line: string, now: number, users: ReadonlyMap<number, string>): Result<ReadSet, string> {
  if (line.startsWith('! ')) return err(line.slice(2).trimEnd());
  const [, id, key, mode, count, uid, otime, ctime, last, waiting, verdict] = ROW.exec(line) ?? [];
  if (mode === undefined || verdict === undefined || !VERDICT.test(verdict))
    return err(`not a semaphore set: ${excerpt(line)}`);
  const judged = {
    id: Number(id),
    key: Number(key),
    owner: users.get(Number(uid)) ?? String(uid),
    uid: Number(uid),
    mode: mode.padStart(4, '0'),
    semaphores: Number(count),
    last_pid: last === '-' ? 0 : Number(last),
    waiting: waiting === '-' ? 0 : Number(waiting),
    verdict,
  };
  const { verdict: _, ...fields } = judged;
  const set = {
    ...fields,
    otime: timestampOf(Number(otime)),
    ctime: timestampOf(Number(ctime)),
    age: formatDuration(Math.max(0, now - Number(ctime)) * 1000),
    reason: describeVerdict(judged),
  };
  return ok({ set, orphan: isOrphan(verdict) });
}
