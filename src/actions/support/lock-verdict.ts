import { err, ok, type Result } from '../../util/result.ts';
import { excerpt } from './sections.ts';

/** What `lock_survey` told. */
export interface SeenLock {
  /** Its directory is free of links. */
  readonly path: string;
  /** Whatever it is. */
  readonly exists: boolean;
  readonly remote: boolean;
  /** A process has it open, or something that cannot be seen has locked it. */
  readonly held: boolean;
  /** What it holds; 0: no pid. */
  readonly pid: number;
  /** A live process has the pid of the file and the expected name, and is older than the file. */
  readonly ownerAlive: boolean;
  /** Name of the process that the reason is about, or empty. */
  readonly owner: string;
  /** Seconds since 1970, by the clock of the host. */
  readonly modified: number;
  readonly ageSeconds: number;
  readonly size: number;
  /** It is there, and nobody alive owns it. */
  readonly stale: boolean;
  /** For people: why it is stale, or is not. */
  readonly reason: string;
}

const FILE = /^kind file (\d+) (\d+) (\d+) (\d+)$/;

/** Reads the lines that `lock_survey` printed, without `end`; `process` is the name that was expected. */
export function readLockSurvey(lines: readonly string[], process: string): Result<SeenLock, string> {
  const [first = '', kind = '', ownerLine = '', verdictLine = ''] = lines;
  if (!first.startsWith('path ')) return err(`unexpected output: ${excerpt(first)}`);
  const absent = { ...NOTHING, path: first.slice('path '.length) };
  const present = { ...absent, exists: true };
  if (kind === 'kind absent') return ok({ ...absent, reason: 'there is no such file' });
  if (kind === 'kind directory') return ok({ ...present, reason: 'it is a directory' });
  if (kind === 'kind other') return ok({ ...present, reason: 'it is no regular file' });
  if (kind.startsWith('kind link '))
    return ok({ ...present, reason: `it is a link to ${kind.slice('kind link '.length)}: name that file instead` });
  const [, now, modified, size, pid] = FILE.exec(kind) ?? [];
  if (pid === undefined || !ownerLine.startsWith('owner ') || !verdictLine.startsWith('verdict '))
    return err(`unexpected output: ${excerpt(kind)}`);
  const owner = ownerLine.slice('owner '.length);
  const [word = '', other = ''] = verdictLine.slice('verdict '.length).split(' ');
  const verdict = judge(word, { owner, process, pid, other });
  if (verdict === undefined) return err(`unexpected output: ${excerpt(verdictLine)}`);
  const judged = verdict.stale === true && Number(size) > MOST_BYTES ? { reason: tooLarge(Number(size)) } : verdict;
  return ok({
    ...present,
    pid: Number(pid),
    owner,
    modified: Number(modified),
    ageSeconds: Math.max(0, Number(now) - Number(modified)),
    size: Number(size),
    ...judged,
  });
}

/** A pid or lock file holds a few lines at most. */
const MOST_BYTES = 65_536;

function tooLarge(bytes: number): string {
  return `it has ${bytes} bytes, too many for a pid or lock file: is it data?`;
}

const NOTHING: SeenLock = {
  path: '',
  exists: false,
  remote: false,
  held: false,
  pid: 0,
  ownerAlive: false,
  owner: '',
  modified: 0,
  ageSeconds: 0,
  size: 0,
  stale: false,
  reason: '',
};

interface Facts {
  readonly owner: string;
  readonly process: string;
  readonly pid: string;
  /** What comes after the word: a pid, or the type of a file system. */
  readonly other: string;
}

function judge(
  word: string,
  { owner, process, pid, other }: Facts,
): (Partial<SeenLock> & Pick<SeenLock, 'reason'>) | undefined {
  switch (word) {
    case 'remote':
      return { remote: true, reason: `it is on ${other}, so its owner may be a process of another host` };
    case 'open':
      return { held: true, reason: `${owner} (pid ${other}) has it open` };
    case 'locked':
      return { held: true, reason: 'it is locked by something that cannot be seen from here, such as a container' };
    case 'nameless':
      return { reason: 'it holds no pid: give the name of its owner as process' };
    case 'namesake':
      return { reason: `it holds no pid, and ${owner} (pid ${other}) runs, which may be its owner` };
    case 'owner':
      return { ownerAlive: true, reason: `its owner ${owner} (pid ${pid}) is alive` };
    case 'contained':
      return {
        ownerAlive: true,
        reason: `its owner ${owner} (pid ${pid}) is alive in a container, as pid ${other} here`,
      };
    case 'other':
      return {
        reason: `pid ${pid} has run since before the file was written, but is called ${owner}, not ${process}: is it the owner?`,
      };
    case 'unclaimed':
      return { stale: true, reason: `it holds no pid, and no process called ${process} runs` };
    case 'reused':
      return { stale: true, reason: `pid ${pid} is ${owner} now, which started after the file was written` };
    case 'gone':
      return { stale: true, reason: `its owner, pid ${pid}, is gone` };
    default:
      return undefined;
  }
}
