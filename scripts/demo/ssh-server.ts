import { spawn } from 'node:child_process';
import { timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { parseArgs } from 'node:util';
import ssh2, { type AuthContext, type Connection, type ServerChannel, type Session } from 'ssh2';

/*
 * An SSH server for machines where the real sshd cannot run: `ssh-server.ts --host-key FILE --client-key FILE -- COMMAND...`.
 * It listens on 127.0.0.1:22 of the network it is started in, lets in the one key, and does two things: `exec` starts
 * COMMAND with `sh -c` and what was asked for, and `direct-tcpip` connects to a port. Prints `listening`, and ends when its
 * standard input is closed.
 */
const { values, positionals } = parseArgs({
  options: { 'host-key': { type: 'string' }, 'client-key': { type: 'string' } },
  allowPositionals: true,
});
const clientKey = ssh2.utils.parseKey(readFileSync(values['client-key'] ?? ''));
if (clientKey instanceof Error) throw clientKey;
const allowed = clientKey;

const connections = new Set<Connection>();
const server = new ssh2.Server({ hostKeys: [readFileSync(values['host-key'] ?? '')] }, serve);
server.listen(22, '127.0.0.1', () => console.log('listening'));
process.stdin.resume().on('close', () => {
  server.close();
  for (const connection of connections) connection.end();
});

function serve(connection: Connection): void {
  connections.add(connection);
  connection.on('close', () => connections.delete(connection));
  connection.on('error', () => undefined);
  connection.on('authentication', authenticate);
  connection.on('ready', () => {
    connection.on('session', (accept) => offerExec(accept()));
    connection.on('tcpip', (accept, reject, { destIP, destPort }) => {
      const socket = createConnection({ host: destIP, port: destPort });
      socket.once('error', () => reject());
      socket.once('connect', () => {
        const channel = accept();
        socket.removeAllListeners('error').on('error', () => channel.destroy());
        channel.on('error', () => socket.destroy());
        socket.pipe(channel).pipe(socket);
      });
    });
  });
}

/** First the key is offered, then its owner proves to have it by a signature. */
function authenticate(context: AuthContext): void {
  if (context.method !== 'publickey' || context.username !== 'root') return context.reject(['publickey']);
  const { algo, data } = context.key;
  const expected = allowed.getPublicSSH();
  if (algo !== allowed.type || data.length !== expected.length || !timingSafeEqual(data, expected))
    return context.reject();
  if (context.signature === undefined) return context.accept();
  // Its type says boolean; it gives an Error for a signature that it cannot read.
  const isValid: unknown = allowed.verify(context.blob ?? Buffer.alloc(0), context.signature, context.hashAlgo);
  return isValid === true ? context.accept() : context.reject();
}

function offerExec(session: Session): void {
  session.on('exec', (accept, _reject, { command }) => execute(accept(), command));
}

/** As sshd does: a session of its own, and the channel's end is an end of input and nothing worse. */
function execute(channel: ServerChannel, command: string): void {
  const [program = '', ...args] = positionals;
  const child = spawn(program, [...args, 'setsid', '/bin/sh', '-c', command], { stdio: 'pipe' });
  channel.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => {
    channel.stderr.end(`${error.message}\n`);
    channel.exit(127);
    channel.end();
  });
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  channel.pipe(child.stdin);
  channel.on('close', () => child.stdin.destroy());
  child.on('close', (code, signal) => {
    if (signal === null) channel.exit(code ?? 1);
    else channel.exit(signal.replace('SIG', ''));
    channel.end();
  });
}
