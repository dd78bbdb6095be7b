import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { Duplex, type Readable, type Writable } from 'node:stream';
import type { ErrorInfo } from '../../model/error.ts';
import { ok } from '../../util/result.ts';
import { printableLine } from '../../util/printable.ts';
import type { Failure } from './failure.ts';
import type { Stream, Way } from './way.ts';

const KILL_AFTER_MS = 1000;
const WORDS_KEPT = 2000;
/** What `ssh` says when a host on its way was too busy; any other end is an answer. */
const DROPPED = /kex_exchange_identification|Connection (closed|reset) by/i;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * ProxyCommand: a process of its own session for each stream, which ends with it. Run as `ssh` does, by the user's shell with
 * `exec`. Its command is the user's own words from ssh's configuration, with ssh's tokens in them.
 */
export function proxyCommand(command: string, environment: NodeJS.ProcessEnv = process.env): Way {
  return {
    open: () => Promise.resolve(ok(start(command, environment['SHELL'] || '/bin/sh'))),
    close: () => undefined,
  };
}

function start(command: string, shell: string): Stream {
  const child: Child = spawn(shell, ['-c', `exec ${command}`], { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  let ending: string | undefined;
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-WORDS_KEPT)));
  child.once('error', (error) => (ending ??= `could not be started: ${error.message}`));
  child.once(
    'exit',
    (code, signal) => (ending ??= signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`),
  );
  const socket = Duplex.from({ readable: child.stdout, writable: child.stdin });
  // ssh2 hears of errors by the end of the stream, and some come when it no longer listens.
  socket.on('error', () => undefined);
  const end = (): void => {
    socket.destroy();
    endProcess(child);
  };
  socket.once('close', end);
  return { socket, end, explain: (failure) => explained(failure, command, ending, said) };
}

/** Where the host has said nothing, the command may tell why. */
function explained(failure: Failure, command: string, ending: string | undefined, said: string): Failure {
  const { code, message } = failure.error;
  if (!SILENCE.has(code)) return failure;
  const words = printableLine(said.trim().split(/\r?\n/).slice(-3).join('; '));
  if (ending === undefined && words === '') return failure;
  const story = [ending ?? `says, as ${message}`, words].filter((part) => part !== '').join(': ');
  const hint = `It comes from the configuration of ssh: ${printableLine(command)}`;
  return { again: DROPPED.test(said), error: { code, message: `the ProxyCommand ${story}`, hint } };
}

const SILENCE = new Set<ErrorInfo['code']>(['connection-lost', 'connection-timeout', 'protocol']);

/** With all it has started. */
function endProcess(child: Child): void {
  const signal = (name: NodeJS.Signals): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, name);
    } catch {
      // It has just ended.
    }
  };
  signal('SIGTERM');
  setTimeout(() => signal('SIGKILL'), KILL_AFTER_MS).unref();
}
