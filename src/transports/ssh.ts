import { setTimeout as pause } from 'node:timers/promises';
import type { ErrorInfo } from '../model/error.ts';
import type { SshHost } from '../model/host.ts';
import type { Transport } from '../model/transport.ts';
import { err, type Result } from '../util/result.ts';
import { connectShell } from './shell/connection.ts';
import { ShownPasswords } from './shown-passwords.ts';
import { connectClient, type LoggedIn } from './ssh/client.ts';
import { keysOf } from './ssh/host-key.ts';
import { KnownHostsFiles } from './ssh/known-hosts-file.ts';
import { Limiter } from './ssh/limiter.ts';
import { Logins, type LoginSecrets } from './ssh/logins.ts';
import { SshReach } from './ssh/reach.ts';

/** Key exchange runs on the main thread, and sshd drops bursts. */
const HANDSHAKES = 20;
const TRIES = 6;
const BACKOFF_MS = 250;

export interface SshOptions {
  /** How many hosts may be in the handshake at once. */
  readonly handshakes?: number;
}

/** Hosts over SSH: keys, agents and passwords, host keys with OpenSSH's verdicts. No certificates. */
export function createSshTransport(options: SshOptions = {}): Transport {
  const handshakes = new Limiter(options.handshakes ?? HANDSHAKES);
  const logins = new Logins();
  const passwords = new ShownPasswords();
  const files = new KnownHostsFiles();

  async function logIn(
    host: SshHost,
    secrets: LoginSecrets,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<Result<LoggedIn, ErrorInfo>> {
    for (let round = 1; ; round += 1) {
      const outcome = await handshakes.run(async () => {
        const login = await logins.open(
          { ...host.ssh, name: host.name, address: host.address, port: host.port },
          secrets,
        );
        if (!login.ok) return err({ error: login.error, again: false });
        if (signal.aborted) return err({ error: CANCELLED, again: false });
        const paths = [...host.ssh.hostKeys.userFiles, ...host.ssh.hostKeys.globalFiles];
        const hostKeys = keysOf(host, paths, files.read(paths));
        return connectClient({ host, hostKeys, login: login.value, timeoutMs }, signal);
      });
      if (outcome.ok) return outcome;
      if (!outcome.error.again || round === TRIES) return err(outcome.error.error);
      await pause(BACKOFF_MS * 2 ** round * Math.random(), undefined, { signal }).catch(() => undefined);
    }
  }

  return {
    connect: async (host, connectOptions, signal) => {
      if (!('ssh' in host)) throw new Error(`${host.name} is not reached by SSH`);
      const loggedIn = await logIn(host, connectOptions.secrets, connectOptions.connectTimeoutMs, signal);
      return loggedIn.ok
        ? connectShell(new SshReach(host, loggedIn.value), connectOptions, passwords, signal)
        : loggedIn;
    },
  };
}

const CANCELLED: ErrorInfo = {
  code: 'interrupted',
  message: 'cancelled while connecting',
};
