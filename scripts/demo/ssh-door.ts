import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { err, ok, type Result } from '../../src/util/result.ts';
import { runProcess } from '../support/process.ts';
import { SYSTEM_PATH } from './programs.ts';
import type { Keys } from './keys.ts';
import type { Sandbox } from './sandbox.ts';

const START_LIMIT_MS = 10_000;
const LOGIN_LIMIT_MS = 20_000;

/** For `layer/etc/ssh/sshd_config`. */
export const SSHD_CONFIG = `
ListenAddress 127.0.0.1
HostKey /etc/ssh/host_key
PermitRootLogin prohibit-password
UsePAM no
PidFile /run/sshd.pid
`;

const START_SSHD = `
sshd=$(command -v sshd) || { echo 'there is no sshd' >&2; exit 1; }
"$sshd" -f /etc/ssh/sshd_config -E /var/log/sshd.log || { cat /var/log/sshd.log; exit 1; }`;

/** A way in: ends with the sandbox. */
export type Door = (sandbox: Sandbox, keys: Keys) => Promise<Result<string, string>>;

/** The real sshd, and a login to see that it lets people in. Gives its version. */
export const realSshd: Door = async (sandbox, keys) => {
  const started = await sandbox.run(START_SSHD, START_LIMIT_MS);
  if (started.code !== 0) return err(`sshd does not start: ${lastLine(started.output)}`);
  const entered = await logIn(sandbox, keys);
  if (!entered.ok) {
    const log = await sandbox.run('cat /var/log/sshd.log');
    return err(`sshd lets nobody in: ${entered.error}; ${lastLine(log.output)}`);
  }
  const version = await sandbox.run('"$(command -v sshd)" -V 2>&1');
  return ok(/OpenSSH_([\w.]+)/.exec(version.output)?.[1] ?? '');
};

/** The server of this project, as a process in the sandbox's network. */
export const ownServer: Door = async (sandbox, keys) => {
  const [program = '', ...args] = [
    ...sandbox.intoNetwork,
    ...[process.execPath, join(import.meta.dirname, 'ssh-server.ts')],
    ...['--host-key', keys.hostKey, '--client-key', keys.clientKey, '--'],
    ...sandbox.intoHost,
    ...SESSION_ENVIRONMENT,
  ];
  // It ends when its standard input does, so however this process ends.
  const child = spawn(program, args, { cwd: '/', detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
  const listening = await new Promise<Result<string, string>>((resolve) => {
    const timer = setTimeout(() => resolve(err('the SSH server did not start in time')), START_LIMIT_MS);
    const settle = (result: Result<string, string>): void => {
      clearTimeout(timer);
      resolve(result);
    };
    child.on('error', (error) => settle(err(error.message)));
    child.on('exit', (code) => settle(err(`the SSH server ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', () => settle(ok('')));
  });
  sandbox.onStop(() => child.stdin.end());
  return listening.ok ? logIn(sandbox, keys) : listening;
};

/** What sshd sets for a session of root. */
const SESSION_ENVIRONMENT = [
  ...['env', '-i', `PATH=${SYSTEM_PATH}`],
  ...['HOME=/root', 'USER=root', 'LOGNAME=root', 'SHELL=/bin/sh'],
];

async function logIn(sandbox: Sandbox, keys: Keys): Promise<Result<string, string>> {
  const login = [process.execPath, join(import.meta.dirname, 'ssh-login.ts'), '--client-key', keys.clientKey];
  const [program = '', ...args] = [...sandbox.intoNetwork, ...login];
  const { code, output } = await runProcess(program, args, { cwd: '/', timeoutMs: LOGIN_LIMIT_MS });
  return code === 0 ? ok('') : err(lastLine(output));
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
