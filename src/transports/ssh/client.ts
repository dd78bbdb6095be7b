import { NodeSSH } from 'node-ssh';
import type { Client } from 'ssh2';
import type { ErrorInfo } from '../../model/error.ts';
import type { SshHost } from '../../model/host.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { connectFailure, type Failure } from './failure.ts';
import { fingerprint, judgeHostKey, keyAlgorithms, type HostKeys } from './host-key.ts';
import type { OpenLogin } from './logins.ts';

const KEEPALIVE_MS = 5000;
const KEEPALIVE_COUNT = 3;
const MACS = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
] as const;

export interface ClientOptions {
  readonly host: SshHost;
  readonly hostKeys: HostKeys;
  readonly login: OpenLogin;
  readonly timeoutMs: number;
}

/** A connection that is logged in, and the fingerprint of the host key that was verified for it. */
export interface LoggedIn {
  readonly client: Client;
  readonly hostKey: string;
}

/**
 * One try to connect and log in. The only place that makes an SSH connection: without a verdict on the host key there is none,
 * and nothing of the login is sent before it. Tells `login` how it ended.
 */
export async function connectClient(options: ClientOptions, signal: AbortSignal): Promise<Result<LoggedIn, Failure>> {
  const { host, hostKeys, login, timeoutMs } = options;
  const ssh = new NodeSSH();
  const seen: { verdict?: ErrorInfo; key: boolean; error?: Error } = { key: false };
  let hostKey = '';
  const connecting = ssh.connect({
    host: host.address,
    port: host.port,
    username: host.user,
    readyTimeout: timeoutMs,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: KEEPALIVE_COUNT,
    authHandler: login.next,
    debug: login.hear,
    algorithms: { serverHostKey: keyAlgorithms(hostKeys) as never, hmac: [...MACS] },
    hostVerifier: (key: Buffer) => {
      seen.key = true;
      hostKey = fingerprint(key);
      const verdict = judgeHostKey(host, hostKeys, key);
      if (verdict !== undefined) seen.verdict = verdict;
      return verdict === undefined;
    },
  });
  const client = ssh.connection;
  // Without a listener of our own a later error of the socket would end the program: node-ssh takes its away when it is ready.
  client?.on('error', (error) => (seen.error ??= error));
  if (client !== null) login.watch(client);
  const stop = () => client?.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await connecting;
    if (client === null || signal.aborted) throw new Error('cancelled');
    client.setNoDelay(true);
    login.ended(undefined);
    return ok({ client, hostKey });
  } catch (error) {
    client?.destroy();
    const cause = seen.error ?? (error as Error);
    const refusal = login.ended(cause);
    const about = { ...seen, ...(refusal && { refusal }) };
    return err(connectFailure(host, timeoutMs, about, cause, signal.aborted));
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
