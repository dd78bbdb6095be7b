import { readablePair } from '../../scripts/support/key-pair.ts';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import ssh2, { type AuthContext, type Connection, type ServerChannel } from 'ssh2';
import type { SshHost } from '../../src/model/host.ts';
import { sshHost, sshSettings, withFiles } from '../support/hosts.ts';

export type KeyKind = 'ed25519' | 'rsa' | 'ecdsa';

export interface SshServerOptions {
  readonly hostKey?: { readonly private: string; readonly public: string };
  /** Runs in place of what the client asks. */
  readonly command?: (asked: string) => string;
  /** Takes a channel away from the usual handling when it returns true. */
  readonly onExec?: (channel: ServerChannel) => boolean;
  readonly accept?: (context: AuthContext) => boolean;
  /** Answers the login by itself. */
  readonly login?: (context: AuthContext) => void;
  readonly forwards?: boolean;
  readonly userKey?: { readonly private: string; readonly public: string };
}

/** An SSH server in this process in front of this machine's own /bin/sh. */
export interface SshServer {
  readonly host: SshHost;
  readonly folder: string;
  readonly knownHostsFile: string;
  readonly fingerprint: string;
  readonly hostKeyLine: string;
  readonly attempts: { authentication: number; connections: number };
  /** Drops all connections as a dead link would, without a word. */
  cut(): void;
  stop(): Promise<void>;
}

export function newKey(kind: KeyKind = 'ed25519', passphrase?: string): { private: string; public: string } {
  if (passphrase !== undefined)
    return readablePair(
      () => ssh2.utils.generateKeyPairSync('ed25519', { passphrase, cipher: 'aes256-ctr', rounds: 16 }),
      passphrase,
    );
  if (kind === 'rsa') return ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 });
  if (kind === 'ecdsa') return ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
  return readablePair(() => ssh2.utils.generateKeyPairSync('ed25519'));
}

export const userKey = newKey();
const hostKey = newKey();

export async function startSshServer(options: SshServerOptions = {}): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-ssh-'));
  const keys = { host: options.hostKey ?? hostKey, user: options.userKey ?? userKey };
  const attempts = { authentication: 0, connections: 0 };
  const sockets = new Set<Socket>();
  const server = new ssh2.Server({ hostKeys: [keys.host.private] }, (client) =>
    serve(client, keys.user.public, options, attempts),
  );
  const tcp = createServer((socket) => {
    attempts.connections += 1;
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.once('close', () => sockets.delete(socket));
    server.injectSocket(socket);
  });
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', () => resolve()));
  const { port } = tcp.address() as AddressInfo;
  const privateKeyFile = join(folder, 'key');
  writeFileSync(privateKeyFile, keys.user.private);
  chmodSync(privateKeyFile, 0o600);
  const knownHostsFile = join(folder, 'known_hosts');
  const hostKeyLine = `[127.0.0.1]:${port} ${keys.host.public.split(' ').slice(0, 2).join(' ')}`;
  writeFileSync(knownHostsFile, `${hostKeyLine}\n`);
  const blob = Buffer.from(keys.host.public.split(' ')[1] ?? '', 'base64');
  return {
    host: sshHost('web01', withFiles(sshSettings({ port, user: userInfo().username }), privateKeyFile, knownHostsFile)),
    folder,
    knownHostsFile,
    fingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
    hostKeyLine,
    attempts,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => tcp.close(() => resolve()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function serve(
  client: Connection,
  publicKey: string,
  options: SshServerOptions,
  attempts: SshServer['attempts'],
): void {
  const allowed = ssh2.utils.parseKey(publicKey);
  if (allowed instanceof Error || Array.isArray(allowed)) throw new Error('the test key is unusable');
  client.on('error', () => undefined);
  client.on('authentication', (context) => {
    // Every client asks so first, to learn what is taken.
    if (context.method !== 'none') attempts.authentication += 1;
    if (options.login !== undefined) return options.login(context);
    const accepted =
      options.accept?.(context) ?? (context.method === 'publickey' && context.key.data.equals(allowed.getPublicSSH()));
    if (accepted) context.accept();
    else context.reject(['publickey']);
  });
  client.on('tcpip', (accept, reject, { destIP, destPort }) => {
    if (options.forwards === false) return reject();
    const socket = connectTcp({ host: destIP, port: destPort });
    socket.once('error', () => refuseConnect(reject));
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      const channel = accept();
      channel.on('error', () => undefined);
      socket.on('error', () => undefined);
      socket.pipe(channel).pipe(socket);
    });
  });
  client.on('session', (accept) => {
    accept().on('exec', (acceptExec, _reject, { command }) => {
      const channel = acceptExec();
      channel.on('error', () => undefined);
      if (options.onExec?.(channel) === true) return;
      run(channel, options.command?.(command) ?? command);
    });
  });
}

// ssh2's `reject` takes a reason its types do not know: 2, "connect failed", as OpenSSH says.
function refuseConnect(reject: () => void): void {
  (reject as (reason: number) => void)(2);
}

function run(channel: ServerChannel, command: string): void {
  const child = spawn('/bin/sh', ['-c', command], { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => undefined);
  channel.pipe(child.stdin);
  // One write at a time: when both streams wait for the client's window, ssh2 wakes only the first.
  let written: Promise<void> = Promise.resolve();
  const forward = (from: Readable, to: Writable): void => {
    from.on('data', (chunk: Buffer) => {
      from.pause();
      written = written
        .then(() => new Promise<void>((resolve) => to.write(chunk, () => resolve())))
        .then(() => void from.resume());
    });
  };
  forward(child.stdout, channel);
  forward(child.stderr, channel.stderr);
  // Closed as sshd closes: the far ends of the pipes are gone, the process is not.
  channel.once('close', () => {
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  });
  child.once('close', (code) => {
    void written.then(() => {
      channel.exit(code ?? 255);
      channel.end();
    });
  });
}
