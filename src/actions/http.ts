import { validateHeaderName, validateHeaderValue } from 'node:http';
import { defineAction, type ProbeContext } from '../model/action.ts';
import { formatDuration, parseDuration } from '../util/duration.ts';
import { failed } from './support/failure.ts';
import { hostOf, type HttpRequest } from './support/http-exchange.ts';
import { httpThrough } from './support/http-through.ts';

const DEFAULT_TIMEOUT_MS = 10_000;
// A server without an answer is an observation, a step without an end is not: ours comes first.
const SHARE_OF_STEP = 0.9;

export const action = defineAction({
  name: 'http',
  summary: 'Asks a web server as the host itself sees it.',
  notes: [
    'The request goes through the connection to the host, so that it needs no program there; where the host forbids that, its',
    'curl or wget sends it. Without either the step fails.',
    '',
    'No answer is an observation, not a failure: `code` is 0 and `error` says why. So is an answer of 500.',
    '',
    'Certificates are checked with the authorities that the controller knows. By default that of a loopback address or of',
    '`localhost` is not, for no certificate is made out to it; `tls_verify` says otherwise.',
    '',
    'Redirects are followed only with `follow`, only on the same host name, five at most (a wget of BusyBox follows them all by',
    'itself). Methods that are there to change something are not allowed.',
  ].join('\n'),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: {
    url: {
      type: { kind: 'string', pattern: '^https?://', form: 'a URL that begins with http:// or https://' },
      description: 'Where to; `localhost` is the host itself.',
    },
    method: {
      type: { kind: 'string', enum: ['GET', 'HEAD', 'OPTIONS', 'POST'] },
      description: '`GET` by default, `POST` with a body.',
      optional: true,
    },
    headers: {
      type: { kind: 'map', of: { kind: 'string' } },
      description: 'Headers to send, besides those that every request needs.',
      optional: true,
    },
    body: { type: { kind: 'string' }, description: 'Text to send.', optional: true },
    timeout: { type: { kind: 'duration' }, description: 'For everything together; `10s` by default.', optional: true },
    tls_verify: {
      type: { kind: 'bool' },
      description: 'Check the certificate; `true` by default, except on loopback.',
      optional: true,
    },
    follow: { type: { kind: 'bool' }, description: 'Follow redirects on the same host.', optional: true },
  },
  output: {
    code: { type: { kind: 'int' }, description: 'Status of the answer; 0: there was none.' },
    error: { type: { kind: 'string' }, description: 'Why there was no answer, or no complete one; else empty.' },
    duration: { type: { kind: 'duration' }, description: 'From the first connection to the end of the answer.' },
    body: { type: { kind: 'string' }, description: 'The first 64 KiB.' },
    headers: {
      type: { kind: 'map', of: { kind: 'string' } },
      description: 'Headers of the answer, names in lower case, several of one name joined by a comma.',
    },
  },
  examples: [
    { title: 'Does it answer?', params: { url: 'http://127.0.0.1:8080/health', timeout: '5s' } },
    {
      title: 'A virtual host, whatever its certificate',
      params: { url: 'https://127.0.0.1/', headers: { Host: 'www.example.com' }, tls_verify: false },
    },
  ],
  work: {
    kind: 'probe',
    summary: ({ url, method, body }) => `${methodOf(method, body)} ${url.replace(LOGIN, '$1')}`,
    async probe(params, context: ProbeContext) {
      const { url, method, headers = {}, body, timeout, tls_verify, follow = false } = params;
      const target = URL.canParse(url) ? new URL(url) : undefined;
      if (target === undefined || !['http:', 'https:'].includes(target.protocol))
        return failed('cannot-start', `not a URL of http or https: ${url}`);
      const wrong = wrongHeader(headers);
      if (wrong !== undefined) return failed('cannot-start', wrong);
      const login = loginOf(target);
      if (login === undefined)
        return failed('cannot-start', 'the user or the password in the URL has a % that begins no escape; write %25');
      const request: HttpRequest = {
        url: target,
        method: methodOf(method, body),
        headers: { ...login, ...headers },
        ...(body !== undefined && { body }),
        tlsVerify: tls_verify ?? !isLoopback(target),
      };
      const own = timeout === undefined ? undefined : parseDuration(timeout);
      const timeoutMs = Math.min(own?.ok === true ? own.value : DEFAULT_TIMEOUT_MS, context.timeoutMs * SHARE_OF_STEP);
      const started = performance.now();
      const answer = await httpThrough(context, request, { follow, timeoutMs });
      if (!answer.ok) return failed(answer.error.reason, answer.error.message);
      const duration = formatDuration(performance.now() - started);
      return { status: 'ok', output: { ...answer.value, duration } };
    },
  },
});

/** A login in a URL is not for people. */
const LOGIN = /^(https?:\/\/)[^/?#]*@/;

function methodOf(method: string | undefined, body: string | undefined): string {
  return method ?? (body === undefined ? 'GET' : 'POST');
}

function isLoopback(url: URL): boolean {
  const host = hostOf(url);
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Takes a name and a password out of the URL, as the header that curl makes of them. Undefined: they cannot be decoded. */
function loginOf(url: URL): Readonly<Record<string, string>> | undefined {
  if (url.username === '' && url.password === '') return {};
  const coded = `${url.username}:${url.password}`;
  url.username = '';
  url.password = '';
  try {
    return { authorization: `Basic ${Buffer.from(decodeURIComponent(coded)).toString('base64')}` };
  } catch {
    return undefined;
  }
}

function wrongHeader(headers: Readonly<Record<string, string>>): string | undefined {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      return `not a header that can be sent: ${name}`;
    }
  }
  return undefined;
}
