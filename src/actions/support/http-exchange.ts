import { request, type IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';

/** One request, ready to be sent. */
export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly tlsVerify: boolean;
}

export interface HttpAnswer {
  /** 0: there was no answer. */
  readonly code: number;
  /** Why there was none, or why it is not complete; else empty. */
  readonly error: string;
  /** Names in lower case; several of one name are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** The first 64 KiB. */
  readonly body: string;
}

export const MAX_BODY = 65_536;
const MAX_HEADERS = 65_536;

export function noAnswer(error: string): HttpAnswer {
  return { code: 0, error, headers: {}, body: '' };
}

/** The name without the brackets of an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

/**
 * Sends one request over a stream that is connected already, and ends the stream in any case. Every failure is an answer.
 * Aborting `signal` gives what had come by then.
 */
export async function exchange(stream: Duplex, sent: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const errors = new AbortController();
  const stop = AbortSignal.any([signal, errors.signal]);
  stream.on('error', (error) => errors.abort(error));
  try {
    const transport = sent.url.protocol === 'https:' ? await startTls(stream, sent, stop) : stream;
    const response = await respond(transport, sent, stop);
    return await readAnswer(response, stop);
  } catch (error) {
    return noAnswer(wordsOf(error, signal));
  } finally {
    stream.destroy();
  }
}

function startTls(stream: Duplex, { url, tlsVerify }: HttpRequest, signal: AbortSignal): Promise<Duplex> {
  const host = hostOf(url);
  return new Promise((resolve, reject) => {
    const socket = tlsConnect({
      socket: stream,
      host,
      ...(isIP(host) === 0 && { servername: host }),
      rejectUnauthorized: tlsVerify,
      ALPNProtocols: ['http/1.1'],
    });
    socket.on('error', reject);
    socket.once('secureConnect', () => resolve(socket));
    socket.once('close', () => reject(new Error('the connection was closed in the TLS handshake')));
    onAbort(signal, (reason) => {
      reject(reason);
      socket.destroy();
    });
  });
}

function respond(transport: Duplex, sent: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const { url, method, headers, body } = sent;
  return new Promise((resolve, reject) => {
    // Without `agent`: any agent, even `false`, would connect by itself, from this machine.
    const asked = request({
      createConnection: () => transport,
      host: hostOf(url),
      port: portOf(url),
      path: url.pathname + url.search,
      method,
      maxHeaderSize: MAX_HEADERS,
      headers: {
        host: url.host,
        'user-agent': 'runbook',
        accept: '*/*',
        connection: 'close',
        ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
        ...headers,
      },
    });
    asked.on('error', reject);
    asked.once('response', resolve);
    asked.once('upgrade', resolve);
    onAbort(signal, (reason) => {
      reject(reason);
      asked.destroy();
    });
    asked.end(body);
  });
}

async function readAnswer(response: IncomingMessage, signal: AbortSignal): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  let error = '';
  onAbort(signal, (reason) => response.destroy(reason));
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= MAX_BODY) break;
    }
  } catch (cause) {
    error = `the body is not complete: ${wordsOf(cause, signal)}`;
  }
  const headers = Object.fromEntries(
    Object.entries(response.headersDistinct).map(([name, values]) => [name, (values ?? []).join(', ')]),
  );
  return { code: response.statusCode ?? 0, error, headers, body: decodeBody(Buffer.concat(chunks)) };
}

/** The first 64 KiB as UTF-8; a character cut in two at the end is left out, other invalid bytes are replaced. */
export function decodeBody(bytes: Buffer): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, MAX_BODY), { stream: true });
}

function onAbort(signal: AbortSignal, react: (reason: Error) => void): void {
  const fire = (): void => react(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
  if (signal.aborted) fire();
  else signal.addEventListener('abort', fire, { once: true });
}

function wordsOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return signal.reason instanceof Error ? signal.reason.message : String(signal.reason);
  const { code, message } =
    error instanceof Error ? (error as NodeJS.ErrnoException) : { code: '', message: String(error) };
  if (code === 'HPE_HEADER_OVERFLOW') return 'the headers of the answer are over 64 KiB';
  if (code?.startsWith('HPE_') === true) return `the answer is not HTTP: ${message}`;
  if (code === 'ECONNRESET') return 'the connection was closed before the answer';
  return message.replace(/; if the root CA is installed locally.*$/, '');
}
