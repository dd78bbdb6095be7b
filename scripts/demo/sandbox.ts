import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { missingPrograms, SYSTEM_PATH } from './programs.ts';
import { err, ok, type Result } from '../../src/util/result.ts';
import { runProcess, type ProcessResult } from '../support/process.ts';

const FILES = join(import.meta.dirname, 'host');
const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 5_000;

/**
 * How namespaces are made. `root`: by root itself; `range`: a user namespace with a range of uids (/etc/subuid); `one`: a user
 * namespace with a single uid, all that a plain user can have without preparation.
 */
export type NamespaceKind = 'root' | 'range' | 'one';

export const USER_FLAGS: Readonly<Record<NamespaceKind, readonly string[]>> = {
  root: [],
  range: ['--user', '--map-auto', '--map-root-user'],
  one: ['--user', '--map-root-user'],
};

/** A host of its own on this machine, with its own processes, network, semaphores, mounts, name and /run. */
export interface Sandbox {
  readonly kind: NamespaceKind;
  /** Runs a shell command on the host as root, without any SSH; both outputs as they come. */
  run(command: string, timeoutMs?: number): Promise<ProcessResult>;
  /** Put before a command of this machine, to see the host's network and nothing else of it. */
  readonly intoNetwork: readonly string[];
  /** Put before a command of the host, by who is in its network already. */
  readonly intoHost: readonly string[];
  /** Called by `stop`, for what belongs to it and lives outside. */
  onStop(end: () => void): void;
  /** Ends all of its processes; its mounts and namespaces go with them. */
  stop(): Promise<void>;
}

export interface SandboxFiles {
  /** Holds `layer`, `host_key` and `authorized_keys`. */
  readonly folder: string;
  readonly usr: 'overlay' | 'bind';
}

/** The programs of `scripts/demo/host` into the layer that the host has over this machine's /usr; with `standIn` also its Apache. */
export function fillLayer(layer: string, standIn: boolean): void {
  mkdirSync(join(layer, 'usr', 'local', 'sbin'), { recursive: true });
  cpSync(join(FILES, 'sbin'), join(layer, 'usr', 'local', 'sbin'), { recursive: true });
  if (standIn) cpSync(join(FILES, 'stand-in'), layer, { recursive: true });
  // Whatever umask or checkout these were made with, every user of the host may read and run them.
  for (const folder of ['', 'usr', 'usr/local', 'usr/local/sbin']) chmodSync(join(layer, folder), 0o755);
}

/** Starts a host. The error is what went wrong, in the words of the program that failed. */
export async function startSandbox(kind: NamespaceKind, files: SandboxFiles): Promise<Result<Sandbox, string>> {
  mkdirSync(join(files.folder, 'root'), { recursive: true });
  const flags = ['--ipc', '--mount', '--pid', '--net', '--uts', '--fork', '--kill-child'];
  // A session of its own: Ctrl-C ends the demo, and the demo ends the host.
  const child = spawn('unshare', [...USER_FLAGS[kind], ...flags, 'sh', join(FILES, 'build.sh')], {
    cwd: files.folder,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: SYSTEM_PATH, LC_ALL: 'C', UIDS: kind === 'one' ? 'one' : 'many', USR: files.usr },
  });
  const pid = await readPid(child);
  if (!pid.ok) {
    await end(child);
    return pid;
  }
  return ok(sandboxAt(pid.value, kind, child));
}

const HOST_ENVIRONMENT = ['env', '-i', `PATH=${SYSTEM_PATH}`, 'HOME=/root', 'LC_ALL=C'];

function sandboxAt(pid: number, kind: NamespaceKind, child: ChildProcess): Sandbox {
  const enter = ['nsenter', `--target=${pid}`];
  const user = kind === 'root' ? [] : ['--user', '--preserve-credentials'];
  const parts: (() => void)[] = [];
  const rest = ['--ipc', '--mount', '--pid', '--uts', '--root', '--wd', '--'];
  const [program = '', ...whole] = [...enter, ...user, '--net', ...rest, ...HOST_ENVIRONMENT];
  return {
    kind,
    run: (command, timeoutMs = 30_000) => runProcess(program, [...whole, 'sh', '-c', command], { cwd: '/', timeoutMs }),
    intoNetwork: [...enter, ...user, '--net', '--'],
    intoHost: [...enter, ...rest],
    onStop: (part) => parts.push(part),
    stop: () => {
      for (const part of parts) part();
      return end(child);
    },
  };
}

function readPid(child: ChildProcess): Promise<Result<number, string>> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(err('its start took too long')), START_LIMIT_MS);
    const settle = (result: Result<number, string>): void => {
      clearTimeout(timer);
      resolve(result);
    };
    let trouble = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (trouble += text));
    child.on('error', (error) => settle(err(error.message)));
    child.on('close', (code) => settle(err(trouble.trim().split('\n')[0] || `it ended with ${code}`)));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const pid = /^ready (\d+)$/.exec(line)?.[1];
      if (pid !== undefined) settle(ok(Number(pid)));
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // unshare is told to take process 1 with it, and the kernel ends all others when that one is gone.
  child.kill('SIGKILL');
  const limit = new Promise<void>((resolve) => setTimeout(resolve, STOP_LIMIT_MS).unref());
  await Promise.race([ended, limit]);
  child.stdin?.destroy();
}

/** Why this machine can't have namespaces at all, or undefined. */
export function lacksTools(): string | undefined {
  if (process.platform !== 'linux') return 'hosts are made from Linux namespaces, and this is no Linux';
  const missing = missingPrograms(['unshare', 'nsenter', 'mount', 'chroot', 'perl']);
  return missing.length === 0 ? undefined : `this machine has no ${missing.join(', ')}`;
}
