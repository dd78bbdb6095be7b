import type { LookupAddress } from 'node:dns';
import { request as requestHttp, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { formatDuration } from '../util/duration.ts';
import { err, ok, type Result } from '../util/result.ts';
import { lookUp as lookUpBySystem } from './look-up.ts';
import { isThisMachine, readOutboundUrl } from '../util/outbound-url.ts';
import { isPublic, isWithin, LOOPBACK } from './public-address.ts';
import { readRetryAfter } from './retry-after.ts';

/** For all of it: name, connection, TLS, request, the head of the answer. */
const REQUEST_LIMIT_MS = 10_000;

export interface OutboundRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly contentType?: string;
  readonly body?: string;
  /** Networks that it may go to though they are not of the internet: `10.0.0.0/8`, or one address. */
  readonly allow: readonly string[];
  /** Names this program and its version. */
  readonly userAgent: string;
}

export interface RequestSettings {
  /** Cancels it. */
  readonly signal?: AbortSignal;
  /** Absent: ten seconds. */
  readonly limitMs?: number;
  /** Absent: as the system does. */
  readonly lookUp?: typeof lookUpBySystem;
}

/** What was answered, whatever it is. */
export interface OutboundAnswer {
  readonly status: number;
  /** Milliseconds for which we are asked to wait. */
  readonly retryAfterMs?: number;
}

export interface OutboundTrouble {
  /** `refused`: by us, nothing was connected to, and it would be the same again. `failed`: another time it may go well. */
  readonly kind: 'refused' | 'failed';
  /** To be said after what the URL is for. Repeats no more of it than its host. */
  readonly message: string;
}

/**
 * The one way out by HTTP. Goes to addresses of the internet, to this machine when the URL itself says so, and to what `allow`
 * names; the name is looked up once, and only the addresses that were checked are connected to. Certificates are verified against
 * Node's authorities and $NODE_EXTRA_CA_CERTS. No redirect is followed, no proxy used, and the body of an answer not read.
 */
export async function guardedRequest(
  request: OutboundRequest,
  { signal, limitMs = REQUEST_LIMIT_MS, lookUp = lookUpBySystem }: RequestSettings = {},
): Promise<Result<OutboundAnswer, OutboundTrouble>> {
  const url = readOutboundUrl(request.url);
  if (!url.ok) return err({ kind: 'refused', message: `the URL ${url.error}` });
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), limitMs);
  const end = signal === undefined ? limit.signal : AbortSignal.any([limit.signal, signal]);
  try {
    const addresses = await checkedAddresses(url.value, request.allow, (name) => lookUp(name, end));
    if (end.aborted) return err(ended(url.value, limit.signal, limitMs));
    if (!addresses.ok) return addresses;
    const answer = await exchange(url.value, request, addresses.value, end);
    return answer ?? err(ended(url.value, limit.signal, limitMs));
  } finally {
    clearTimeout(timer);
  }
}

async function checkedAddresses(
  url: URL,
  allow: readonly string[],
  lookUp: (name: string) => Promise<readonly LookupAddress[]>,
): Promise<Result<readonly LookupAddress[], OutboundTrouble>> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  let found: readonly LookupAddress[];
  try {
    found = isIP(host) === 0 ? await lookUp(host) : [{ address: host, family: isIP(host) }];
  } catch (cause) {
    return err({ kind: 'failed', message: `the name ${host} could not be looked up: ${textOf(cause)}` });
  }
  const loopback = isThisMachine(url);
  const may = ({ address }: LookupAddress): boolean =>
    loopback ? isWithin(address, LOOPBACK) : isPublic(address) || isWithin(address, allow);
  const checked = found.filter(may);
  if (checked.length > 0) return ok(checked);
  if (found.length === 0) return err({ kind: 'failed', message: `the name ${host} has no address` });
  const what = found.map(({ address }) => address).join(', ');
  const named = what === host ? host : `${host} is ${what}, which`;
  const why = loopback ? 'is no address of this machine' : 'is no address of the internet, and allow does not name it';
  return err({ kind: 'refused', message: `${named} ${why}` });
}

/** Undefined: it was cancelled. */
function exchange(
  url: URL,
  { method, contentType, body, userAgent }: OutboundRequest,
  addresses: readonly LookupAddress[],
  signal: AbortSignal,
): Promise<Result<OutboundAnswer, OutboundTrouble> | undefined> {
  const data = Buffer.from(body ?? '');
  const options: RequestOptions = {
    method,
    // A new one, which knows no proxy and keeps no connection.
    agent: false,
    lookup: answering(addresses),
    signal,
    headers: {
      'User-Agent': userAgent,
      Accept: '*/*',
      Connection: 'close',
      ...(method === 'POST' && { 'Content-Length': data.length }),
      ...(contentType !== undefined && { 'Content-Type': contentType }),
    },
  };
  return new Promise((resolve) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = send(url, options);
    request.once('response', (response) => {
      const { statusCode: status = 0, headers } = response;
      const retryAfterMs = readRetryAfter(headers['retry-after'], Date.now());
      // What is still sent or received ends with the connection.
      request.destroy();
      resolve(ok({ status, ...(retryAfterMs !== undefined && { retryAfterMs }) }));
    });
    request.on('error', (cause) => {
      const message = `${url.host}: ${textOf(cause)}`;
      resolve(signal.aborted ? undefined : err({ kind: 'failed', message }));
    });
    // After an answer or an error it is too late to matter.
    request.on('close', () => resolve(err({ kind: 'failed', message: `${url.host}: closed without an answer` })));
    request.end(data);
  });
}

/** The name is not looked up again: another answer would go unchecked. */
const answering =
  (addresses: readonly LookupAddress[]): LookupFunction =>
  (_name, { all }, callback) => {
    const [first] = addresses;
    if (all === true) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };

function ended({ host }: URL, limit: AbortSignal, limitMs: number): OutboundTrouble {
  const message = limit.aborted ? `${host}: no answer within ${formatDuration(limitMs)}` : `${host}: no answer so far`;
  return { kind: 'failed', message };
}

/** Several addresses were tried: the first says enough. */
function textOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return textOf(cause.errors[0]);
  return cause instanceof Error ? cause.message : String(cause);
}
