import { NodeSSH } from 'node-ssh';
import type { Algorithms, Client } from 'ssh2';
import type { ErrorInfo } from '../../model/error.ts';
import type { JumpHost, SshAlgorithms } from '../../model/ssh-settings.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { connectFailure, type Failure } from './failure.ts';
import { fingerprint, judgeHostKey, keyAlgorithms, type HostKeys } from './host-key.ts';
import type { OpenLogin } from './logins.ts';
import type { Stream } from './way.ts';

const KEEPALIVE_MS = 5000;
const KEEPALIVE_COUNT = 3;

/** What is logged in to, jump host or not, under the name that messages give it. */
export type Machine = JumpHost;

export interface ClientOptions {
  readonly machine: Machine;
  readonly stream: Stream;
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
 * and nothing of the login is sent before it. Tells `login` how it ended. The stream goes with the connection.
 */
export async function connectClient(options: ClientOptions, signal: AbortSignal): Promise<Result<LoggedIn, Failure>> {
  const { machine, stream, hostKeys, login, timeoutMs } = options;
  const ssh = new NodeSSH();
  const seen: { verdict?: ErrorInfo; key: boolean; error?: Error } = { key: false };
  let hostKey = '';
  const connecting = ssh.connect({
    host: machine.address,
    port: machine.port,
    username: machine.user,
    ...(stream.socket !== undefined && { sock: stream.socket }),
    ...(machine.family !== 'any' && { [machine.family === 'inet' ? 'forceIPv4' : 'forceIPv6']: true }),
    ...(machine.bindAddress !== undefined && { localAddress: machine.bindAddress }),
    readyTimeout: timeoutMs,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: KEEPALIVE_COUNT,
    authHandler: login.next,
    debug: login.hear,
    algorithms: algorithmsOf(machine.algorithms, keyAlgorithms(hostKeys)),
    hostVerifier: (key: Buffer) => {
      seen.key = true;
      hostKey = fingerprint(key);
      const verdict = judgeHostKey(machine, hostKeys, key);
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
    client.once('close', stream.end);
    login.ended(undefined);
    return ok({ client, hostKey });
  } catch (error) {
    client?.destroy();
    stream.end();
    const cause = seen.error ?? (error as Error);
    const refusal = login.ended(cause);
    const about = { ...seen, ...(refusal && { refusal }) };
    const failure = connectFailure(machine, timeoutMs, about, cause, signal.aborted);
    return err(stream.explain(failure));
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Lists that nobody has configured are ssh2's own, but for MACs of SHA-1. */
function algorithmsOf({ ciphers, macs, keyExchanges }: SshAlgorithms, hostKeys: readonly string[]): Algorithms {
  const known = {
    serverHostKey: hostKeys,
    hmac: macs.length === 0 ? MACS : macs,
    ...(ciphers.length > 0 && { cipher: ciphers }),
    ...(keyExchanges.length > 0 && { kex: keyExchanges }),
  };
  return known as Algorithms;
}

const MACS = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
] as const;
