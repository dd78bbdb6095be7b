import type { ProbeContext } from '../../model/action.ts';
import type { StepReason } from '../../model/result.ts';
import { formatDuration } from '../../util/duration.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { dialUntil } from './dial.ts';
import { exchange, hostOf, noAnswer, portOf, type HttpAnswer, type HttpRequest } from './http-exchange.ts';
import { httpScript, readHttpScript } from './http-on-host.ts';

interface HttpOptions {
  readonly follow: boolean;
  /** For all requests together. */
  readonly timeoutMs: number;
}

interface CannotLook {
  readonly reason: StepReason;
  readonly message: string;
}

const MAX_REDIRECTS = 5;

/** Sends a request as seen from the host, and follows redirects. An error is that it could not be sent, never what the server did. */
export async function httpThrough(
  context: ProbeContext,
  sent: HttpRequest,
  { follow, timeoutMs }: HttpOptions,
): Promise<Result<HttpAnswer, CannotLook>> {
  const late = new AbortController();
  const deadline = performance.now() + timeoutMs;
  const timer = setTimeout(() => late.abort(new Error(`no answer within ${formatDuration(timeoutMs)}`)), timeoutMs);
  const signal = AbortSignal.any([late.signal, context.signal]);
  try {
    let request = sent;
    for (let redirects = 0; ; redirects += 1) {
      const answer = await once(context, request, signal, () => Math.max(1, deadline - performance.now()));
      if (context.signal.aborted) return err({ reason: 'cancelled', message: 'it was cancelled' });
      if (!answer.ok || !follow) return answer;
      const next = redirectOf(request, answer.value);
      if (next === undefined) return answer;
      if (redirects === MAX_REDIRECTS)
        return ok({ ...answer.value, error: `more than ${MAX_REDIRECTS} redirects, the last one to ${next.url.href}` });
      request = next;
    }
  } finally {
    clearTimeout(timer);
  }
}

async function once(
  context: ProbeContext,
  request: HttpRequest,
  signal: AbortSignal,
  timeLeft: () => number,
): Promise<Result<HttpAnswer, CannotLook>> {
  const dialed = await dialUntil(context, hostOf(request.url), portOf(request.url), signal);
  if (dialed === undefined) return ok(noAnswer((signal.reason as Error).message));
  if (dialed.ok) return ok(await exchange(dialed.value, request, signal));
  switch (dialed.error.code) {
    case 'connection-refused':
    case 'connection-timeout':
    case 'address-unknown':
      return ok(noAnswer(dialed.error.message));
    case 'channel-refused': {
      const answer = readHttpScript(await context.read(httpScript(request, timeLeft())));
      return answer.ok ? answer : err({ reason: 'cannot-check', message: answer.error });
    }
    default:
      return err({ reason: 'lost', message: dialed.error.message });
  }
}

/** Where an answer sends us, if that is on the same host. Credentials stay with the scheme and port they were given for. */
function redirectOf(request: HttpRequest, { code, headers }: HttpAnswer): HttpRequest | undefined {
  const location = headers['location'];
  if (![301, 302, 303, 307, 308].includes(code) || location === undefined) return undefined;
  if (!URL.canParse(location, request.url.href)) return undefined;
  const url = new URL(location, request.url);
  if (url.hostname !== request.url.hostname || !['http:', 'https:'].includes(url.protocol)) return undefined;
  const next = {
    ...request,
    url,
    headers: url.origin === request.url.origin ? request.headers : publicOf(request.headers),
  };
  if (code === 307 || code === 308 || request.method === 'HEAD') return next;
  const { url: to, headers: sent, tlsVerify } = next;
  return { url: to, method: 'GET', headers: sent, tlsVerify };
}

function publicOf(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const isPublic = ([name]: readonly [string, string]): boolean => !/^(authorization|cookie)$/i.test(name);
  return Object.fromEntries(Object.entries(headers).filter(isPublic));
}
