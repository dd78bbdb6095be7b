import { connect as connectTcp } from 'node:net';
import { userInfo } from 'node:os';
import type { Duplex } from 'node:stream';
import type { ErrorInfo } from '../model/error.ts';
import type { Becoming, Host } from '../model/host.ts';
import { err, ok, type Result } from '../util/result.ts';
import type { KeepableTransport } from './keepable.ts';
import { connectShell } from './shell/connection.ts';
import type { Pipes, Reach } from './shell/reach.ts';
import { ShownPasswords } from './shown-passwords.ts';
import { startProcess, type PipedProcess } from './start-process.ts';

/** The machine this program runs on, through the same shell and the same promises as a host over SSH. */
export function createLocalTransport(passwords: ShownPasswords = new ShownPasswords()): KeepableTransport {
  return {
    connect: (host, options, signal) => connectShell(new LocalReach(host), options, passwords, signal),
  };
}

class LocalReach implements Reach {
  readonly name: string;
  readonly user = userInfo().username;
  readonly becoming: Becoming;
  readonly isOpen = true;

  constructor({ name, becoming }: Host) {
    this.name = name;
    this.becoming = becoming;
  }

  open(command: string): Promise<Result<Pipes, ErrorInfo>> {
    const process = startProcess('/bin/sh', ['-c', command]);
    return Promise.resolve(process.ok ? ok(pipesOf(process.value)) : err(notStarted(process.error)));
  }

  dial(address: string, port: number, signal: AbortSignal): Promise<Result<Duplex, ErrorInfo>> {
    return new Promise((resolve) => {
      const socket = connectTcp({ host: address, port, signal });
      socket.once('connect', () => resolve(ok(socket)));
      socket.on('error', (error) => {
        const code = signal.aborted ? 'interrupted' : 'connection-refused';
        resolve(err({ code, message: `${this.name}: ${address}:${port}: ${error.message}` }));
      });
    });
  }

  close(): void {
    // Every shell was ended by its own session.
  }
}

const notStarted = (why: string): ErrorInfo => ({
  code: 'configuration',
  message: `no shell could be started: ${why}`,
  hint: 'Raise the limit before runbook is started, such as ulimit -n 4096.',
});

function pipesOf(child: PipedProcess): Pipes {
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    closed,
    destroy: () => {
      child.stdin.destroy();
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
    },
  };
}
