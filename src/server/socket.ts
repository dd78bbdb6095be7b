import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { version, type Surroundings } from '../app/surroundings.ts';
import type { Serve } from '../model/configuration.ts';
import type { ErrorInfo } from '../model/error.ts';
import { err, ok, type Result } from '../util/result.ts';
import { answer, type AnswerParts } from './answer.ts';
import { besideSocket, claimSocket } from './socket-file.ts';
import type { ServeStatus } from './status.ts';

export type Listen = NonNullable<Serve['listen']>;

/** Whoever asks has so long to do so, and gets so much in. */
const REQUEST_MS = 5000;
const MOST_HEADER_BYTES = 8 * 1024;
/** Of more, the oldest is closed: those that are answered live for a moment, and what is left only holds a place. */
const MOST_CONNECTIONS = 100;

/** What answers `/livez`, `/readyz` and `/metrics`. */
export interface StatusServer {
  /** Where, for people. */
  readonly shown: string;
  /** Answers nobody any more, whoever is connected. */
  close(): Promise<void>;
}

/** Where it listens when the configuration does not say it: root's in /run/runbook, another user's in `$XDG_RUNTIME_DIR/runbook`. */
export function usualListen({ environment }: Pick<Surroundings, 'environment'>, uid = process.getuid?.()): Listen {
  const own = environment['XDG_RUNTIME_DIR'] ?? '';
  return { socket: join(uid !== 0 && own.startsWith('/') ? own : '/run', 'runbook', 'serve.sock') };
}

/** Answers from now on. An error: another one listens there, or nobody may. `status` never throws. */
export async function openStatusServer(
  listen: Listen,
  status: () => ServeStatus,
): Promise<Result<StatusServer, ErrorInfo>> {
  const parts: AnswerParts = { version: version(), onPort: 'port' in listen, status };
  return 'socket' in listen ? onSocket(listen.socket, parts) : onPort(listen, parts);
}

async function onSocket(path: string, parts: AnswerParts): Promise<Result<StatusServer, ErrorInfo>> {
  const beside = besideSocket(path);
  if (!beside.ok) return beside;
  const server = createHttp(parts);
  // Not chmod afterwards: for a moment it would be open to others.
  const mask = process.umask(0o177);
  const listening = started(server, () => server.listen(beside.value));
  process.umask(mask);
  const failed = await listening;
  if (failed !== undefined) return err(cannotListen(path, failed));
  const claimed = await claimSocket(beside.value, path);
  if (!claimed.ok) {
    await closed(server);
    return claimed;
  }
  return ok({
    shown: path,
    close: () => {
      claimed.value.release();
      return closed(server);
    },
  });
}

async function onPort(
  { address, port }: Extract<Listen, { port: number }>,
  parts: AnswerParts,
): Promise<Result<StatusServer, ErrorInfo>> {
  const server = createHttp(parts);
  const failed = await started(server, () => server.listen(port, address));
  if (failed !== undefined) return err(cannotListen(`${address} port ${port}`, failed));
  const { address: bound, port: given } = server.address() as AddressInfo;
  const shown = `http://${bound.includes(':') ? `[${bound}]` : bound}:${given}`;
  return ok({ shown, close: () => closed(server) });
}

function createHttp(parts: AnswerParts): Server {
  const server = createServer({
    headersTimeout: REQUEST_MS,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: 1000,
    maxHeaderSize: MOST_HEADER_BYTES,
    keepAlive: false,
  });
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    // A reader that does not read, too.
    socket.setTimeout(REQUEST_MS, () => socket.destroy());
    const [oldest] = open;
    if (open.size > MOST_CONNECTIONS) oldest?.destroy();
  });
  return server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url: target = '' } = request;
    const { host } = request.headers;
    const { code, type, body, headers } = answer({ method, target, ...(host !== undefined && { host }) }, parts);
    response.shouldKeepAlive = false;
    response.writeHead(code, {
      ...headers,
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.end(method === 'HEAD' ? undefined : body);
  });
}

function started(server: Server, listen: () => void): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.once('listening', () => {
      server.off('error', resolve);
      resolve(undefined);
    });
    listen();
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

function cannotListen(where: string, { code, message }: NodeJS.ErrnoException): ErrorInfo {
  if (code === 'EADDRINUSE')
    return {
      code: 'refused',
      message: `another serve runs, or another program: it listens on ${where}`,
      hint: 'end that one first, or give this one another serve.listen in the configuration',
    };
  return {
    code: 'configuration',
    message: `nobody can listen on ${where}: ${message}`,
    hint: 'serve.listen of the configuration names another place',
  };
}
