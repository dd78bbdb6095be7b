import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { SshHost } from '../../model/host.ts';
import { ok, type Result } from '../../util/result.ts';
import { startProcess, type PipedProcess } from '../start-process.ts';
import { masterArguments, type MasterFiles, type MasterOptions } from './arguments.ts';
import { askpassEnvironment } from './askpass.ts';
import { environment } from './environment.ts';

/**
 * Starts `ssh`, says its pid and then its status, ends what it has left behind, and removes its files. It is ended when whoever
 * started this lets go of stdin, by closing it or by dying: no connection outlives a killed controller. `read` succeeds when it
 * is told that `ssh` has ended. One that still has its socket then has gone to the background: its configuration made it.
 */
const KEEPER = `trap '' PIPE
folder=$1; shift
exec 3<&0
"$@" </dev/null >/dev/null 3<&- &
ssh=$!
{ read -r ended || kill "$ssh"; } <&3 >/dev/null 2>&1 &
exec 2>/dev/null
echo "$ssh"
wait "$ssh"
echo "$?"
wait
trap '' TERM
kill 0
[ ! -S "$folder/s" ] || ssh -F none -S "$folder/s" -O exit -- gone
rm -rf -- "$folder"`;

const WORDS_MS = 300;
const END_MS = 2000;
const LARGEST = 64 * 1024;

/** A process `ssh` that holds one connection, logged in and verified, and lets others of it use it. */
export class Master {
  readonly files: MasterFiles;
  /** Resolves when the connection is gone, whoever ended it. */
  readonly gone: Promise<void>;
  readonly #keeper: PipedProcess;
  #said = '';
  #pid: number | undefined;
  #status: number | undefined;
  #isGone = false;

  /** An error: no process could be started, as a clause. */
  static start(host: SshHost, files: MasterFiles, options: MasterOptions): Result<Master, string> {
    const args = ['-c', KEEPER, 'sh', files.folder, 'ssh', ...masterArguments(host, files, options)];
    const asksAnything = options.asks.password || options.asks.passphrase;
    const env = { ...environment(), ...(asksAnything && askpassEnvironment(files.folder)) };
    // In a session of its own it has no terminal to ask on.
    const keeper = startProcess('/bin/sh', args, env);
    return keeper.ok ? ok(new Master(files, keeper.value)) : keeper;
  }

  private constructor(files: MasterFiles, keeper: PipedProcess) {
    this.files = files;
    this.#keeper = keeper;
    const { stdin, stdout, stderr } = this.#keeper;
    for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined);
    stderr.on('data', (chunk: Buffer) => (this.#said = `${this.#said}${chunk.toString('utf8')}`.slice(-LARGEST)));
    this.gone = new Promise((resolve) => {
      const end = (): void => {
        this.#isGone = true;
        resolve();
      };
      createInterface(stdout).on('line', (line) => {
        if (this.#pid === undefined) this.#pid = Number(line);
        else {
          this.#status = Number(line);
          end();
        }
      });
      stdout.once('close', end);
      this.#keeper.once('error', end);
    });
  }

  /** Of `ssh` itself, once it is known. */
  get pid(): number | undefined {
    return this.#pid;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** The socket is made when the host is verified and has let us in. */
  get isOpen(): boolean {
    return !this.#isGone && existsSync(this.files.socket);
  }

  /** Everything that `ssh` has said so far. */
  log(): string {
    try {
      return readFileSync(this.files.log, 'utf8');
    } catch {
      return '';
    }
  }

  /** What others have said on its stderr so far. */
  get said(): string {
    return this.#said;
  }

  /** Ends it. What others said on its stderr, and the status of `ssh`, `undefined` when it is not its own. */
  async lastWords(): Promise<{ readonly said: string; readonly status: number | undefined }> {
    const endedItself = this.#isGone;
    if (endedItself) await Promise.race([ended(this.#keeper.stderr), pause(WORDS_MS)]);
    this.end();
    return { said: this.#said, status: endedItself ? this.#status : undefined };
  }

  /** Closes the connection and all that uses it. Nothing is left of it within seconds. */
  end(): void {
    const { stdin } = this.#keeper;
    if (stdin.writableEnded) return;
    stdin.end(this.#isGone ? 'ended\n' : '');
    const late = setTimeout(() => this.#kill(), END_MS);
    this.#keeper.once('exit', () => clearTimeout(late));
  }

  /** With all that it has started: they are one group. */
  #kill(): void {
    const { pid } = this.#keeper;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has just ended.
    }
    rmSync(this.files.folder, { recursive: true, force: true });
  }
}

const ended = (stream: Readable): Promise<void> =>
  new Promise((resolve) => (stream.destroyed || stream.readableEnded ? resolve() : stream.once('close', resolve)));
