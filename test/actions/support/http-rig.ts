import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import {
  createConnection,
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { action } from '../../../src/actions/http.ts';
import type { Interpretation, ProbeContext } from '../../../src/model/action.ts';
import type { ErrorCode } from '../../../src/model/error.ts';
import type { CommandResult, Script } from '../../../src/model/script.ts';
import type { JsonObject } from '../../../src/util/json.ts';
import { err, ok } from '../../../src/util/result.ts';
import { skip } from '../../support/skip.ts';
import { probeWith } from './probe.ts';
import { runScript } from './run-script.ts';
import { shells } from './shells.ts';

const closers: (() => void)[] = [];
const [shell] = shells();

/** Asks with the action http, on this machine unless `changes` say otherwise. */
export function probe(params: JsonObject, changes: Partial<ProbeContext> = {}): Promise<Interpretation<JsonObject>> {
  return probeWith(action, params, { dial: connectTo(), ...changes });
}

export function outputOf(result: Interpretation<JsonObject>): JsonObject {
  return result.status === 'failed' ? assert.fail(result.error) : result.output;
}

/** As a transport does it: connected, or one of the stable codes. */
export function connectTo(always?: number): ProbeContext['dial'] {
  return (address, port) =>
    new Promise((resolve) => {
      const socket = createConnection(always ?? port, always === undefined ? address : '127.0.0.1');
      closers.push(() => socket.destroy());
      socket.once('connect', () => resolve(ok(socket)));
      socket.once('error', () => resolve(err({ code: 'connection-refused', message: 'connection refused' })));
    });
}

export function refusing(code: ErrorCode): ProbeContext['dial'] {
  return () => Promise.resolve(err({ code, message: `${code} in a test` }));
}

export function reading(path: string): (script: Script) => Promise<CommandResult> {
  return async (script) => {
    const { code, ...rest } = await runScript(script, shell ?? assert.fail(), path);
    return { end: { how: 'exit', code }, ...rest };
  };
}

export async function serve(listener: RequestListener, address = '127.0.0.1'): Promise<number> {
  return listen(createHttpServer(listener), address);
}

export function serveRaw(accept: (socket: Socket) => void): Promise<number> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    closers.push(() => socket.destroy());
    accept(socket);
  });
  return listen(server, '127.0.0.1');
}

export async function serveTls(context: Mocha.Context, listener: RequestListener): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-tls-'));
  try {
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=web'];
    execFileSync('openssl', [...made, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return await listen(createHttpsServer({ key: readFileSync(key), cert: readFileSync(cert) }, listener), '127.0.0.1');
  } catch {
    return skip(context, 'no openssl that can make a certificate');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function textOf(output: JsonObject, field: string): string {
  const value = output[field];
  return typeof value === 'string' ? value : assert.fail(`${field} is no text`);
}

/** What a test opened is closed after it. */
export function closeAll(): void {
  for (const close of closers.splice(0)) close();
}

export function later(close: () => void): void {
  closers.push(close);
}

function listen(server: Server, address: string): Promise<number> {
  closers.push(() => server.close());
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, () => resolve((server.address() as AddressInfo).port));
  });
}
