import { NodeSSH } from 'node-ssh';
import type { Algorithms, Client } from 'ssh2';
import type { JumpHost, SshAlgorithms } from '../../model/ssh-settings.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { Failure, SshError } from '../failure.ts';
import { connectFailure } from './failure.ts';
import { gatherWrites } from './gather-writes.ts';
import { fingerprint } from './host-key-blob.ts';
import type { HostKeys } from './host-key-look.ts';
import { judgeHostKey, keyAlgorithms } from './host-key.ts';
import type { OpenLogin } from './logins.ts';
import type { Stream } from './way.ts';

const KEEPALIVE_MS = 5000;
const KEEPALIVE_COUNT = 3;
const END_MS = 500;
/** How often is looked whether it is the host's turn again. */
const LOOK_MS = 100;

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
  /** That its key was unknown and is believed from now on, in words; of jump hosts before it too. */
  readonly learned: readonly string[];
  /** Ends the connection, also where the other end does not. */
  readonly close: () => void;
}

/**
 * One try to connect and log in. The only place that makes an SSH connection: without a verdict on the host key there is none,
 * and nothing of the login is sent before it. Tells `login` how it ended. The stream goes with the connection.
 */
export async function connectClient(options: ClientOptions, signal: AbortSignal): Promise<Result<LoggedIn, Failure>> {
  const { machine, stream, hostKeys, login, timeoutMs } = options;
  const ssh = new NodeSSH();
  const seen: { verdict?: SshError; key: boolean; late: boolean; error?: Error } = { key: false, late: false };
  let hostKey = '';
  const learned: string[] = [];
  const connecting = ssh.connect({
    host: machine.address,
    port: machine.port,
    username: machine.user,
    sock: gatherWrites(stream.socket),
    // It would go on while another host is shown the password first.
    readyTimeout: 0,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: KEEPALIVE_COUNT,
    authHandler: login.next,
    debug: login.hear,
    algorithms: algorithmsOf(machine.algorithms, keyAlgorithms(hostKeys)),
    hostVerifier: (key: Buffer) => {
      seen.key = true;
      hostKey = fingerprint(key);
      const verdict = judgeHostKey(hostKeys, key, stream.from);
      if (!verdict.ok) seen.verdict = verdict.error;
      else if (verdict.value.learned !== undefined) learned.push(verdict.value.learned);
      return verdict.ok;
    },
  });
  const client = ssh.connection;
  // Without a listener of our own a later error of the socket would end the program: node-ssh takes its away when it is ready.
  client?.on('error', (error) => (seen.error ??= error));
  if (client !== null) login.watch(client);
  const stop = () => client?.destroy();
  signal.addEventListener('abort', stop, { once: true });
  const disarm = arm(timeoutMs, login, () => {
    seen.late = true;
    stop();
  });
  try {
    await connecting;
    if (client === null || signal.aborted) throw new Error('cancelled');
    client.setNoDelay(true);
    client.once('close', stream.end);
    login.ended(undefined);
    return ok({ client, hostKey, learned, close: () => close(client, stream) });
  } catch (error) {
    const cause = seen.error ?? (error as Error);
    const refusal = login.ended(cause);
    const about = { ...seen, insteadOfBanner: unfinished(client), ...(refusal && { refusal }) };
    const failure = connectFailure(machine, timeoutMs, about, cause, signal.aborted);
    const explained = await stream.explain(failure);
    client?.destroy();
    stream.end();
    return err(explained);
  } finally {
    signal.removeEventListener('abort', stop);
    disarm();
  }
}

function close(client: Client, stream: Stream): void {
  client.end();
  // Its own `destroy` does nothing from now on.
  const late = setTimeout(stream.end, END_MS);
  client.once('close', () => clearTimeout(late));
}

/** Calls `expire` when it has been the host's turn for so long. The result ends that. */
function arm(timeoutMs: number, login: OpenLogin, expire: () => void): () => void {
  const begun = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const since = login.turnSince();
    const leftMs = since === undefined ? LOOK_MS : Math.max(begun, since) + timeoutMs - performance.now();
    if (leftMs <= 0) expire();
    else timer = setTimeout(look, leftMs);
  };
  look();
  return () => clearTimeout(timer);
}

/** What came where the banner of SSH should be. ssh2 keeps it, and tells it only when the banner follows. */
function unfinished(client: Client | null): string {
  const { _protocol: protocol = {} } = (client ?? {}) as { readonly _protocol?: { readonly _buffer?: unknown } };
  const { _buffer: kept } = protocol;
  return Buffer.isBuffer(kept) ? kept.toString('latin1') : '';
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
