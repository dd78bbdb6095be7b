import { excerpt } from './sections.ts';
import { timestampOf } from './timestamps.ts';

export interface Endings {
  readonly ended: readonly number[];
  readonly killed: readonly number[];
  readonly left: readonly { readonly pid: number; readonly reason: string }[];
  readonly leaks: readonly string[];
  /** The first of those that we may not send a signal. */
  readonly denied: number | undefined;
  /** Why the output is not what the script prints. */
  readonly problem: string | undefined;
}

/** Reads what `PROCESS_END_SH` prints. `grace`: how long the processes were given to end, for people. */
export function readEndings(stdout: string, grace: string): Endings {
  const ended: number[] = [];
  const killed: number[] = [];
  const left: { pid: number; reason: string }[] = [];
  const leaks: string[] = [];
  let denied: number | undefined;
  let problem: string | undefined;
  const lines = stdout.replace(/\n$/, '').split('\n');
  if (!/^host \d+ \d+$/.test(lines[0] ?? '')) problem = `unexpected output: ${excerpt(lines[0] ?? '')}`;
  else if (lines.at(-1) !== 'end') problem = 'the output is cut short';
  for (const line of lines.slice(1)) {
    if (line === 'end' || line.startsWith('process ') || line.startsWith('arguments ')) continue;
    const [word, number, ...rest] = line.split(' ');
    const pid = Number(number);
    const reason = word === 'left' ? reasonOf(rest, grace) : undefined;
    const leak = word === 'leak' ? leakOf(pid, rest) : undefined;
    if (word === 'ended') ended.push(pid);
    else if (word === 'killed') killed.push(pid);
    else if (leak !== undefined) leaks.push(leak);
    else if (reason !== undefined) {
      left.push({ pid, reason });
      if (rest[0] === 'denied') denied ??= pid;
    } else problem ??= `unexpected output: ${excerpt(line)}`;
  }
  // One pattern of paths may match what another one did.
  return { ended, killed, left, leaks: [...new Set(leaks)], denied, problem };
}

function reasonOf([code, detail = '']: readonly string[], grace: string): string | undefined {
  const device = detail === 'D' ? '; it waits for a device, which no signal can end' : '';
  switch (code) {
    case 'gone':
      return 'it is no longer there';
    case 'hidden':
      return 'whether it is still there is unknown: processes are hidden from this login';
    case 'other':
      return `the pid belongs to another process now, which started at ${timestampOf(Number(detail))}`;
    case 'init':
      return 'it is the first process of the host';
    case 'ours':
      return 'it belongs to the connection by which this step came';
    case 'kernel':
      return 'it is a thread of the kernel';
    case 'zombie':
      return `it has ended already and waits for its parent ${detail} to take note of that`;
    case 'denied':
      return 'permission denied: it belongs to another user';
    case 'alive':
      return `it still runs ${grace} after it was asked to end${device}`;
    case 'stuck':
      return `it still runs although it was killed${device}`;
    default:
      return undefined;
  }
}

function leakOf(pid: number, words: readonly string[]): string | undefined {
  const [kind, id, size, uid] = words;
  if (kind === 'file' && id !== undefined) return `file ${words.slice(1).join(' ')}, which names ${pid}`;
  if (uid === undefined) return undefined;
  if (kind === 'semaphores')
    return `semaphore set ${id} (${size} ${size === '1' ? 'semaphore' : 'semaphores'} of uid ${uid}), last used by ${pid}`;
  return kind === 'memory' ? `shared memory ${id} (${size} bytes of uid ${uid}), used by ${pid}` : undefined;
}
