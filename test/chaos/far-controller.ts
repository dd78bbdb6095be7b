import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { PROGRAM, type Workplace } from '../cli/spawn.ts';
import { ACTING } from './controller.ts';

// Its pids mean nothing here, as those of another machine.
const ELSEWHERE = [
  '--pid',
  '--fork',
  '--mount-proc',
  '--uts',
  '--kill-child',
  'sh',
  '-c',
  'hostname elsewhere && exec "$@"',
  'sh',
];

/** The real program as on another machine that shares the store, which can be stopped and go on. */
export class FarController {
  /** Its exit code. */
  readonly ended: Promise<number | null>;
  /** Resolves when it says that it begins to act; never when it does not come to that. */
  readonly acts: Promise<void>;
  readonly #outer: ChildProcess;

  constructor(place: Workplace, words: readonly string[]) {
    const outer = spawn('unshare', [...ELSEWHERE, process.execPath, PROGRAM, ...words], {
      cwd: place.directory,
      env: place.environment(),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#outer = outer;
    this.acts = new Promise((resolve) => {
      let said = '';
      outer.stdout.on('data', (bytes: Buffer) => {
        said += bytes.toString();
        if (ACTING.test(said)) resolve();
      });
    });
    this.ended = new Promise((resolve, reject) => {
      this.#outer.once('error', reject);
      this.#outer.once('close', resolve);
    });
  }

  /** False: it has ended already, or not begun. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): boolean {
    const { pid } = this.#outer;
    const inner = pid === undefined ? '' : childOf(pid);
    if (inner === '') return false;
    process.kill(Number(inner), signal);
    return true;
  }
}

function childOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  } catch {
    return '';
  }
}
