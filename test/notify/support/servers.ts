import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const closers: (() => void)[] = [];

/** To be called after each test. */
export function closeServers(): void {
  for (const close of closers.splice(0)) close();
}

/** On 127.0.0.1; its port. */
export const serve = (listener: RequestListener): Promise<number> => listen(createHttpServer(listener));

/** Answers with these bytes, whatever is asked, and leaves the connection open. */
export const serveRaw = (accept: (socket: Socket) => void): Promise<number> =>
  listen(
    createServer((socket) => {
      socket.on('error', () => undefined);
      closers.push(() => socket.destroy());
      accept(socket);
    }),
  );

export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

export const serveTls = (certificate: Certificate, listener: RequestListener): Promise<number> =>
  listen(createHttpsServer(certificate, listener));

/** Signed by itself, for these names: `DNS:web.example`. Undefined: there is no openssl here. */
export function makeCertificate(names: string): Certificate | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-certificate-'));
  try {
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
    const who = ['-subj', '/CN=test', '-addext', `subjectAltName=${names}`];
    execFileSync('openssl', [...made, ...who, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function listen(server: Server): Promise<number> {
  closers.push(() => {
    server.close();
    if ('closeAllConnections' in server) (server as ReturnType<typeof createHttpServer>).closeAllConnections();
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
