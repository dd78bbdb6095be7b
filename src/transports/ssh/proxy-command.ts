import { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { ErrorInfo } from '../../model/error.ts';
import { printableLine } from '../../util/printable.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { Failure } from '../failure.ts';
import { startProcess, type PipedProcess } from '../start-process.ts';
import type { Stream, Way } from './way.ts';

const KILL_AFTER_MS = 1000;
const LAST_WORDS_MS = 1000;
const WORDS_KEPT = 2000;
/** What `ssh` says when a host on its way was too busy; any other end is an answer. */
const DROPPED = /kex_exchange_identification|Connection (closed|reset) by/i;

/**
 * ProxyCommand: a process of its own session for each stream, which ends with it. Run as `ssh` does, by the user's shell with
 * `exec`. The command is the user's own words from ssh's configuration, with ssh's tokens in them.
 */
export function proxyCommand(command: string, environment: NodeJS.ProcessEnv = process.env): Way {
  const shell = environment['SHELL'] || '/bin/sh';
  const open = (): Result<Stream, Failure> => {
    const process = startProcess(shell, ['-c', `exec ${command}`], environment);
    return process.ok ? ok(new ProxyProcess(command, process.value)) : notStarted(process.error, command);
  };
  return { learned: [], open: () => Promise.resolve(open()), close: () => undefined };
}

class ProxyProcess implements Stream {
  readonly socket: Duplex;
  readonly #command: string;
  readonly #child: PipedProcess;
  readonly #gone: Promise<void>;
  #said = '';
  /** How it ended, when that was not our doing. */
  #ending: string | undefined;
  #isEnded = false;
  /** Its end is our doing. */
  #isOurs = false;

  constructor(command: string, child: PipedProcess) {
    this.#command = command;
    this.#child = child;
    const { stdin, stdout, stderr } = this.#child;
    stderr.setEncoding('utf8').on('data', (text: string) => (this.#said = `${this.#said}${text}`.slice(-WORDS_KEPT)));
    this.#gone = new Promise((resolve) => {
      const gone = (how: string | undefined): void => {
        this.#ending ??= how;
        resolve();
      };
      this.#child.once('error', ({ message }) => gone(`could not be started: ${message}`));
      this.#child.once('close', (code, signal) => {
        if (signal === null) gone(`ended with exit code ${code}`);
        else gone(this.#isOurs ? undefined : `was ended by ${signal}`);
      });
    });
    this.socket = Duplex.from({ readable: stdout, writable: stdin });
    // ssh2 hears of errors by the end of the stream, and some come when it no longer listens.
    this.socket.on('error', () => undefined);
    this.socket.once('close', this.end);
  }

  /** With all it has started. */
  readonly end = (): void => {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#isOurs = !this.#child.stdout.readableEnded;
    this.socket.destroy();
    this.#signal('SIGTERM');
    const late = setTimeout(() => this.#signal('SIGKILL'), KILL_AFTER_MS);
    void this.#gone.then(() => clearTimeout(late));
  };

  /** Where the host has said nothing, the command may tell why. */
  readonly explain = async (failure: Failure): Promise<Failure> => {
    const { code, message } = failure.error;
    if (!SILENCE.has(code)) return failure;
    if (this.#child.stdout.readableEnded)
      await Promise.race([this.#gone, pause(LAST_WORDS_MS, undefined, { ref: false })]);
    const words = printableLine(this.#said.trim().split(/\r?\n/).slice(-3).join('; '));
    if (this.#ending === undefined && words === '') return failure;
    const story = [this.#ending ?? `says, as ${message}`, words].filter((part) => part !== '').join(': ');
    const error = { code, message: `the ProxyCommand ${story}`, hint: whence(this.#command) };
    return { again: DROPPED.test(words), error };
  };

  #signal(name: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      process.kill(-pid, name);
    } catch {
      // It has just ended.
    }
  }
}

const whence = (command: string): string => `It comes from the configuration of ssh: ${printableLine(command)}`;

const notStarted = (why: string, command: string): Result<never, Failure> =>
  err({
    error: { code: 'configuration', message: `the ProxyCommand could not be started: ${why}`, hint: whence(command) },
    again: false,
  });

const SILENCE = new Set<ErrorInfo['code']>(['connection-lost', 'connection-timeout', 'protocol']);
